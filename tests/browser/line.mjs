// A port between a browser and a delegation, which can be cut, fall silent, or lead elsewhere: to the
// browser it is one and the same place.

import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/** Opens a line to the delegation at this address. */
export async function lineTo(address) {
  const line = new Line();
  line.server.listen(0, '127.0.0.1');
  await once(line.server, 'listening');
  line.base = `http://127.0.0.1:${line.server.address().port}`;
  line.lead(address);
  return line;
}

class Line {
  constructor() {
    Object.assign(this, { state: 'cut', port: 0, heard: '', calls: new Set() });
    this.server = createServer((near) => this.called(near));
  }

  /** What is said goes to the delegation at this address. */
  lead(address) {
    this.port = Number(new URL(address).port);
    this.become('open');
    this.hangUp();
  }

  /** Nobody answers, and every call breaks at once. */
  cut() {
    this.become('cut');
    this.hangUp();
  }

  /** Whoever listens says nothing more, not even to what was asked already. */
  mute() {
    this.become('mute');
  }

  /** Hangs up every call, and lets nobody call any more. */
  close() {
    this.cut();
    this.server.close();
  }

  become(state) {
    this.state = state;
    this.heard = '';
  }

  hangUp() {
    this.calls.forEach((call) => call.destroy());
  }

  called(near) {
    this.keep(near);
    if (this.state === 'cut') {
      near.destroy();
      return;
    }
    const far = this.state === 'open' ? this.keep(connect(this.port, '127.0.0.1')) : null;
    near.on('data', (data) => {
      this.heard += data;
      if (this.state === 'open') far?.write(data);
    });
    far?.on('data', (data) => this.state === 'open' && near.write(data));
    near.on('close', () => far?.destroy());
    far?.on('close', () => this.state === 'open' && near.destroy());
  }

  keep(call) {
    this.calls.add(call);
    // A call that breaks is closed, and that is all.
    call.on('error', () => {});
    call.on('close', () => this.calls.delete(call));
    return call;
  }
}

// What a person would do with the page, timed from inside it. Every function answers with a promise.

/** In every page: when the first row of a list could be seen, since the navigation began. */
globalThis.detenteBench = (() => {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const row = () => [...document.querySelectorAll('.talks .rows .row a')].find((one) => one.textContent !== '');
  let seen = null;
  const look = () => {
    // The frame after the one it was made for: by then it has been painted.
    if (row()) requestAnimationFrame(() => { seen = performance.now(); });
    else requestAnimationFrame(look);
  };
  look();

  /** Calls `work` before every frame for so long; the times between the frames. */
  async function frames(milliseconds, work) {
    const between = [];
    const began = performance.now();
    let before = await frame();
    for (let count = 0; performance.now() - began < milliseconds; count += 1) {
      work(count);
      const now = await frame();
      between.push(now - before);
      before = now;
    }
    return between;
  }

  return {
    async firstRow() {
      while (seen === null) await frame();
      return seen;
    },
    /** A page with one word, which every frame changes. */
    empty(milliseconds) {
      document.body.textContent = '';
      const word = document.body.appendChild(document.createElement('p'));
      return frames(milliseconds, (count) => { word.textContent = String(count); });
    },
    async ready() {
      const there = () => document.querySelector('#scrubber')?.max > 1 && document.querySelector('svg .cursor')?.getAttribute('x1');
      while (!there()) await frame();
      return Number(document.querySelector('#scrubber').max);
    },
    /** Every frame moves the scrubber, to and fro over the whole talk; counts how often the dance moved. */
    async scrub(milliseconds, step) {
      const slider = document.querySelector('#scrubber');
      const dance = document.querySelector('section[aria-labelledby=h-the-dance]');
      const state = () => [...dance.querySelectorAll('svg .cursor, svg .here')].map((one) => one.getAttribute('x1') ?? one.getAttribute('d')).join();
      const last = Number(slider.max);
      let [place, by, danced, before] = [Number(slider.value), step, 0, ''];
      const between = await frames(milliseconds, () => {
        const now = state();
        if (now !== before) danced += 1;
        before = now;
        if (place + by > last || place + by < 0) by = -by;
        place += by;
        slider.value = place;
        slider.dispatchEvent(new Event('input', { bubbles: true }));
      });
      return { between, danced };
    },
  };
})();

# The observatory. Build it from the repository's root:
#   docker build --file deploy/docker/observatory.Dockerfile --tag detente-observatory:0.1.0 .
ARG RUST_VERSION=1.95

FROM rust:${RUST_VERSION}-bookworm AS build
WORKDIR /src
COPY Cargo.toml Cargo.lock ./
COPY crates crates
COPY proto proto
COPY scenarios scenarios
COPY services services
COPY tests tests
# The caches stay with the builder: the second build compiles what has changed.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --locked --release --package detente-observatory \
    && install -D --strip target/release/detente-observatory /out/detente-observatory

FROM debian:bookworm-slim
RUN groupadd --system --gid 10001 detente \
    && useradd --system --uid 10001 --gid detente --home-dir /var/lib/detente --shell /usr/sbin/nologin detente \
    && install --directory --owner=detente --group=detente --mode=0750 /var/lib/detente
COPY --from=build /out/detente-observatory /usr/local/bin/detente-observatory
USER 10001:10001
WORKDIR /var/lib/detente
ENV DETENTE_LOG_FORMAT=json \
    DETENTE_METRICS=0.0.0.0:9464 \
    DETENTE_OBSERVE=0.0.0.0:4317,0.0.0.0:4318 \
    DETENTE_PAGE=0.0.0.0:7405 \
    DETENTE_TRACES=/var/lib/detente/observatory.db
EXPOSE 4317 4318 7405 9464
# Whether the process answers. Orchestrators that speak gRPC ask its health service instead.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/9464 && printf 'GET /metrics HTTP/1.0\\r\\n\\r\\n' >&3 && grep --quiet '^# TYPE detente_' <&3"]
ENTRYPOINT ["/usr/local/bin/detente-observatory"]

# Two images: the service, which is built by default, and ministack, which compose.yaml uses.
# docs/container.md says how they are built, run and kept up to date.
FROM python:3.13-slim-trixie AS base
ENV PATH=/opt/venv/bin:$PATH \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_ONLY_BINARY=:all: \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1

FROM base AS build
WORKDIR /src
RUN python -m venv --without-pip /opt/venv
COPY constraints-build.txt constraints-server.txt ./
RUN pip install --require-hashes --requirement constraints-build.txt \
    && pip --python /opt/venv install --require-hashes --requirement constraints-server.txt
COPY pyproject.toml README.md LICENSE ./
COPY domain domain
COPY usecases usecases
COPY infrastructure infrastructure
RUN pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
    && pip --python /opt/venv install --no-deps --no-index /wheels/*.whl

FROM base AS ministack
WORKDIR /src
RUN python -m venv --without-pip /opt/venv
COPY constraints-ministack.txt ./
RUN pip --python /opt/venv install --require-hashes --requirement constraints-ministack.txt
ENV BIND_HOST=0.0.0.0 \
    GATEWAY_PORT=4566 \
    IOT_MTLS_ENABLED=0 \
    PERSIST_STATE=0
USER 10001:10001
EXPOSE 4566
HEALTHCHECK --interval=2s --timeout=2s --start-period=20s \
    CMD ["python", "-c", "import os; from http.client import HTTPConnection; c = HTTPConnection('127.0.0.1', int(os.environ['GATEWAY_PORT']), timeout=1); c.request('GET', '/_localstack/health'); raise SystemExit(c.getresponse().status != 200)"]
ENTRYPOINT ["ministack"]

FROM base AS service
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="team-service" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
RUN pip uninstall --yes --root-user-action=ignore pip
COPY --from=build /opt/venv /opt/venv
ENV TEAM_SERVICE_HTTP_HOST=0.0.0.0 \
    TEAM_SERVICE_HTTP_PORT=8080
USER 10001:10001
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
    CMD ["python", "-c", "import os; from http.client import HTTPConnection; c = HTTPConnection('127.0.0.1', int(os.environ['TEAM_SERVICE_HTTP_PORT']), timeout=2); c.request('GET', '/health/live'); raise SystemExit(c.getresponse().status != 200)"]
ENTRYPOINT ["team-service"]
CMD ["serve"]

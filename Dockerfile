# docker build -t cleaner . && docker run --rm -v "$PWD:/data" cleaner run raw -o clean
FROM python:3.12-slim AS build
COPY requirements/runtime.lock /build/
RUN python -m venv /opt/cleaner && /opt/cleaner/bin/pip install --no-cache-dir --require-hashes -r /build/runtime.lock
COPY pyproject.toml README.md LICENSE /build/
COPY config /build/config
COPY docs/cleaner.1 /build/docs/cleaner.1
COPY cleaner /build/cleaner
RUN /opt/cleaner/bin/pip install --no-cache-dir --no-deps --no-build-isolation /build

FROM python:3.12-slim
COPY --from=build /opt/cleaner /opt/cleaner
ENV PATH=/opt/cleaner/bin:$PATH
RUN useradd --create-home cleaner
USER cleaner
WORKDIR /data
ENTRYPOINT ["cleaner"]
CMD ["--help"]

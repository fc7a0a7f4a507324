# Amnuay: one image for the services, the gateway and the upkeep; the command says which.
# PYTHON_IMAGE must be the same for both stages; any Python 3.11 on glibc will do.
ARG PYTHON_IMAGE=python:3.11-slim-bookworm

FROM ${PYTHON_IMAGE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /app
RUN python -m venv /opt/amnuay && python -m venv /opt/node
COPY requirements.txt requirements-node.txt ./
RUN /opt/amnuay/bin/pip install --quiet --require-hashes -r requirements.txt
RUN /opt/node/bin/pip install --quiet --require-hashes -r requirements-node.txt
COPY package.json package-lock.json .npmrc ./
RUN PATH=/opt/node/bin:$PATH npm ci --omit=dev --ignore-scripts --loglevel=error
COPY pyproject.toml requirements.in README.md ./
COPY amnuay amnuay
COPY gateway gateway
COPY infra infra
COPY services services
# The bytecode is made here, since the program may not write to /app.
RUN /opt/amnuay/bin/pip install --quiet --no-deps --no-build-isolation --editable . \
 && /opt/amnuay/bin/pip uninstall --quiet --yes pip setuptools \
 && find /opt/amnuay node_modules -name '*.map' -delete \
 && python -m compileall -q amnuay gateway infra services

FROM ${PYTHON_IMAGE}
RUN groupadd --system --gid 10001 amnuay \
 && useradd --system --uid 10001 --gid amnuay --home-dir /var/lib/amnuay --create-home amnuay \
 && install -d -o amnuay -g amnuay /var/lib/amnuay/files
COPY --from=build /opt/amnuay /opt/amnuay
COPY --from=build /app /app
ENV PATH=/opt/amnuay/bin:$PATH PYTHONUNBUFFERED=1 AMNUAY_DATA=/var/lib/amnuay
WORKDIR /app
USER amnuay
EXPOSE 8000 9100
ENTRYPOINT ["amnuay"]
CMD ["--help"]

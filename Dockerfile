# The browser libraries, the Python packages, then a small image that runs the site as an ordinary user.
FROM node:22-slim AS vendor
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY static/build.mjs static/build.mjs
RUN node static/build.mjs

FROM python:3.11-slim AS packages
# Address of an index with CPU builds of torch: the image is then 4 GB smaller.
ARG TORCH_INDEX=
WORKDIR /app
RUN apt-get update && apt-get install -y --no-install-recommends make && rm -rf /var/lib/apt/lists/*
COPY Makefile pyproject.toml README.md ./
COPY requirements requirements
COPY webapp webapp
COPY market market
COPY matching matching
COPY geo geo
COPY index index
RUN make .venv/ready-caitu TORCH_INDEX="$TORCH_INDEX"

FROM python:3.11-slim
RUN useradd --create-home --uid 10001 caitu && mkdir /var/lib/caitu && chown caitu /var/lib/caitu
WORKDIR /app
COPY --from=packages /app /app
COPY data data
COPY static static
COPY --from=vendor /app/static/vendor static/vendor
ENV PATH=/app/.venv/bin:$PATH CAITU_VAR=/var/lib/caitu CAITU_CACHE=/var/lib/caitu/cache PORT=8000
USER caitu
VOLUME /var/lib/caitu
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["caitu", "health"]
# One command: brings the database up to date, then serves with gunicorn.
CMD ["caitu", "serve", "--host", "0.0.0.0", "--migrate"]

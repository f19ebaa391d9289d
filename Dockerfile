# One image for all that runs: web, worker-now, worker-mail, worker-bulk, beat, or a command of manage.py (config/parts/roles.py).
#
#     docker build -t satchel .

# --- what browsers get ------------------------------------------------------------------------------------------------
FROM node:22-bookworm-slim AS front
WORKDIR /satchel/static
COPY static/package.json static/package-lock.json static/.npmrc ./
RUN npm ci --no-audit --no-fund --loglevel=error
COPY static/build.mjs static/icons.txt ./
COPY static/src src
COPY apps/issuers/art/icons/icons.json ../apps/issuers/art/icons/icons.json
RUN npm run --silent build

# --- what Python needs: each package by its hash ----------------------------------------------------------------------
FROM python:3.11-slim-bookworm AS packages
COPY requirements/base.txt /tmp/base.txt
RUN python -m venv /opt/satchel \
    && /opt/satchel/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /tmp/base.txt

# --- what runs --------------------------------------------------------------------------------------------------------
FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /srv/satchel --create-home satchel
ENV PATH=/opt/satchel/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=config.settings.prod \
    SATCHEL_DATA=/srv/satchel \
    BIND=0.0.0.0 \
    PORT=8000 \
    # Files wait there while they are checked, up to 2 GB each; /tmp is memory on many machines.
    TMPDIR=/var/tmp
WORKDIR /satchel
COPY --from=packages /opt/satchel /opt/satchel
COPY manage.py ./
COPY config config
COPY apps apps
COPY templates templates
COPY static/src static/src
COPY --from=front /satchel/static/dist static/dist
COPY --from=front /satchel/static/dist-paper static/dist-paper
# The code is compiled once, here. Settings don't start without these; nothing of them is kept.
RUN python -m compileall -q manage.py config apps \
    && python -m config.parts.catalogues \
    && PUBLIC_URL=https://build.invalid EVIDENCE_ORIGIN=https://evidence.build.invalid \
        DATABASE_URL=postgresql://build.invalid/build REDIS_URL=redis://build.invalid \
        SECRET_KEY=only-while-building SHARE_LINK_KEY=only-while-building \
        python manage.py collectstatic --no-input --ignore=redoc --verbosity=0 \
    && mkdir /srv/satchel/storage \
    && chown -R satchel: /srv/satchel
USER satchel
EXPOSE 8000
# Of a web server. Other roles have others, or none: compose.yaml says so.
HEALTHCHECK --interval=30s --timeout=10s --start-period=40s CMD ["python", "-m", "config.parts.roles", "healthy", "web"]
ENTRYPOINT ["python", "-m", "config.parts.roles"]
CMD ["web"]

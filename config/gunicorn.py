"""The web server's settings: threads, since pages wait for the database, and no preloading, since pools don't fork."""

import os

from config import env

_listener = os.environ.get("BIND", "127.0.0.1").strip("[]")
bind = f"{f'[{_listener}]' if ':' in _listener else _listener}:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = env.number("WEB_WORKERS", 2, least=1)
threads = env.number("WEB_THREADS", 6, least=1)
preload_app = False
reload = os.environ.get("RELOAD") == "on"
max_requests = 0 if reload else 20_000
max_requests_jitter = 2_000
timeout = 60
graceful_timeout = 15
keepalive = 5
accesslog = None
loglevel = os.environ.get("WEB_LOG_LEVEL", "warning")
control_socket_disable = True
raw_env = ["SATCHEL_SERVES_PAGES=on"]

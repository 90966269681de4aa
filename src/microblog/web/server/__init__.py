"""The WSGI server: connections, requests and the addresses of clients."""

"""A local ExakTime: a real HTTP server that serves the wire contract for development, demos and tests.

Standard library only, none of our other code: its answers come from the contract alone, so that a mistake in our client
can't hide behind the same mistake here. Start it with `python manage.py exaktime_sandbox`, with `python -m
integrations.exaktime.sandbox`, or from a test with `client.start_sandbox()`.
"""

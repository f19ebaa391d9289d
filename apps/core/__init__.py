"""The kernel: clock, events, outbox, refusals, public ids, guarded client, safe Markdown. It depends on no other app."""

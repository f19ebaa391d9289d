"""The kernel: clock, events, outbox, refusals, public ids, guarded client, safe Markdown. It knows no other room."""

"""The assessor's desk: queue, leases, marks, decisions."""

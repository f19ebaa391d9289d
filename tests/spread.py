"""Which process of a parallel run tests which files."""

from xdist.scheduler import LoadFileScheduling

WAITING = ("tests/e2e/", "tests/parts/")


class Spread(LoadFileScheduling):
    """What starts servers and browsers waits for them half of its time: one process has it, while the others calculate.

    Whoever is done with their own kind helps with the other; the longest files are not the last.
    """

    def _assign_work_unit(self, node):
        waits = node is next(iter(self.nodes))
        mine = [scope for scope in self.workqueue if scope.startswith(WAITING) == waits]
        if mine:
            self.workqueue.move_to_end(mine[-1] if waits else mine[0], last=False)
        super()._assign_work_unit(node)

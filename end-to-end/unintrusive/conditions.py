"""Under which conditions programs run, and what is done to the monitor while they do."""
import os
import signal
from dataclasses import dataclass, field
from typing import Callable


def nothing(_worker):
    pass


def kill_agent(worker):
    worker.end_one_agent()


def stop_agent(worker):
    worker.tree.signal(signal.SIGSTOP)


def let_agent_go_on(worker):
    worker.tree.signal(signal.SIGCONT)


def kill_each_second_time(worker):
    if worker.runs % 2:
        worker.end_one_agent()


JUMPS = ["+3600", "-86400", "+315000000", "-3600", "+0", "-400000000", "+1"]


def jump(worker):
    worker.set_clock(JUMPS[worker.runs % len(JUMPS)])


@dataclass(frozen=True)
class Condition:
    name: str
    reference: str = "without"
    hooks: str = "ours"  # ours, empty, or a script in place of the prologue
    enabled: bool = True
    portal: str = "take"  # what the fake portal does; away: there is none
    own_user: bool = False
    faked_clock: bool = False
    full_disk: bool = False
    # When the job is there and adopted, before it begins; and when it has ended, after the epilogue.
    during: Callable = nothing
    after: Callable = nothing
    quick: bool = False
    adopted: bool = True  # the agent is expected to take the slot over before the job goes on
    told: bool = True  # the portal is expected to learn of each end
    effect: str = ""  # what must be found, where the monitor is broken on purpose


WITHOUT = Condition("without", hooks="empty", adopted=False, told=False)
WITHOUT_OWN = Condition("without, own", hooks="empty", own_user=True, adopted=False, told=False)

ALL = [
    Condition("watched", quick=True),
    Condition("killed", during=kill_agent, quick=True),
    Condition("stopped", during=stop_agent, after=let_agent_go_on, quick=True),
    Condition("full", full_disk=True, during=kill_each_second_time, adopted=False, told=False, quick=True),
    Condition("away", portal="away", told=False),
    Condition("hanging", portal="hang", told=False),
    Condition("clock", faked_clock=True, during=jump),
    Condition("off", enabled=False, adopted=False, told=False),
    Condition("own", reference=WITHOUT_OWN.name, own_user=True),
]


def broken(name, prologue, effect):
    return Condition(name, hooks=prologue, adopted=False, told=False, effect=effect)


BROKEN = [
    broken("renices the job", 'renice 3 "$LOCAL_JOB_PID" >/dev/null', "nice"),
    # The job's first process belongs to root still, or to the job's user already.
    broken("limits the job", 'limit="prlimit --pid $LOCAL_JOB_PID --nofile=100:100"; $limit 2>/dev/null || setpriv '
           '--reuid="$LOCAL_JOB_UID" --regid="$LOCAL_JOB_GID" --clear-groups $limit', "limits"),
    broken("signals the job", 'kill -s KILL "$LOCAL_JOB_PID"', "exit status"),
    broken("writes into the job's directory", ': >"$LOCAL_JOB_WORK_DIRECTORY/left"', "files"),
    broken("writes into the job's output", '(sleep 0.5; echo x >>"$LOCAL_JOB_OUTPUT") >/dev/null 2>&1 &', "output"),
    broken("offers the job to the killer of processes", 'echo 500 >"/proc/$LOCAL_JOB_PID/oom_score_adj"', "oom_score_adj"),
    broken("stays behind as the job's user", 'env -i setpriv --reuid="$LOCAL_JOB_UID" sleep 5 >/dev/null 2>&1 &', "processes left"),
    broken("changes run-job's environment", "export-in-run-job", "environment"),
]


def references(conditions):
    """Those without the monitor that these are compared with."""
    wanted = {condition.reference for condition in conditions}
    return [reference for reference in (WITHOUT, WITHOUT_OWN) if reference.name in wanted]

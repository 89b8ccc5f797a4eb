"""Compares what the real portal has stored, in its database and over REST, with what it was told."""
import fake_portal
import wire
from audit import COUNTERS

FIGURES = [name for name, kind in wire.MESSAGES["JobSample"].values() if name not in ("time_ms", "reason")
           and kind in ("int", "double")]
SERIES = [name for name in COUNTERS]
ENDED = {"COMPLETED", "FAILED", "TIMEOUT", "OUT_OF_MEMORY", "CANCELLED", "VANISHED"}


class Stored:
    """Told: the audit of what agents sent. Journal: of the relay, which has the portal's answers, too."""

    def __init__(self, portal, told, journal):
        self.portal, self.told, self.journal = portal, told, journal
        self.samples, self.jobs, self.points = 0, 0, 0

    def summary(self):
        with open(f"{self.journal}.statuses") as lines:
            statuses = [line.strip() for line in lines]
        counts = ", ".join(f"{word}: {statuses.count(word)}" for word in sorted(set(statuses)))
        return (f"stored: {self.samples} samples; over REST: {self.jobs} jobs, {self.points} points; "
                f"the portal's answers: {counts}")

    def judge(self, expected, prologue_killed, epilogue_killed):
        """A sentence for everything that is wrong."""
        wrong, slots = [], {}
        for name, slot in self.told.slots.items():
            slots[name] = [wire.decode("SlotReport", content) for _, content in sorted(slot.reports.items())]
        wrong += self.answers()
        wrong += self.rows(slots)
        of_job = {}
        for name, reports in slots.items():
            job = next((report["job"]["job_id"] for report in reports if "job" in report), None)
            of_job.setdefault(job, []).append(name)
        for job, status in expected.items():
            wrong += self.over_rest(job, status, {name: slots[name] for name in of_job.get(job, [])},
                                    job in epilogue_killed)
        return wrong

    def answers(self):
        """All that was sent was acknowledged in the end, and nothing was refused."""
        acknowledged, refused = set(), set()
        for _, answer in fake_portal.journal_entries(f"{self.journal}.answers"):
            answer = wire.decode("ReportAnswer", answer)
            acknowledged |= {(one["slot_id"], one["sequence"]) for one in answer.get("acknowledged", [])}
            refused |= {(one["slot_id"], one["sequence"], one.get("reason")) for one in answer.get("refused", [])}
        yield from (f"slot {slot}: report {number} was refused: {why}" for slot, number, why in sorted(refused))
        for name, slot in sorted(self.told.slots.items()):
            missing = sorted(number for number in slot.reports if (name, number) not in acknowledged)
            if missing:
                yield f"slot {name}: reports {missing[:10]} of {max(slot.reports)} were never acknowledged"

    def rows(self, slots):
        """Each sample that was told is a row, there is no other row, and the figures are those that were told."""
        stored = {}
        columns = ", ".join(f"m.{name}" for name in FIGURES)
        for key, time, *figures in self.portal.rows(
                "SELECT s.slot_key, ROUND(UNIX_TIMESTAMP(m.time) * 1000), " + columns + " FROM slot s LEFT JOIN "
                "job_sample m ON m.slot_id = s.id ORDER BY s.id, m.time"):
            samples = stored.setdefault(key, {})
            if time is not None:
                moment = int(float(time))
                if moment in samples:
                    yield f"slot {key}: the sample of {moment} is stored twice"
                samples[moment] = {name: float(text) for name, text in zip(FIGURES, figures) if text is not None}
        yield from (f"slot {key} is stored and was never told" for key in sorted(stored.keys() - slots.keys()))
        for key, reports in sorted(slots.items()):
            if key not in stored:
                yield f"slot {key} was told and is not stored"
                continue
            samples = stored[key]
            self.samples += len(samples)
            told = {sample["time_ms"]: sample for report in reports for sample in report.get("samples", [])}
            if missing := sorted(told.keys() - samples.keys()):
                yield f"slot {key}: {len(missing)} samples of {len(told)} are not stored, the first of {missing[0]}"
            if more := sorted(samples.keys() - told.keys()):
                yield f"slot {key}: {len(more)} samples are stored that nobody told, the first of {more[0]}"
            yield from (f"slot {key}: {sentence}" for sentence in self.figures(told, samples))
        yield from self.losses(slots)

    @staticmethod
    def figures(told, stored):
        for time in sorted(told.keys() & stored.keys()):
            for name in FIGURES:
                one, other = told[time].get(name), stored[time].get(name)
                if (one is None) != (other is None) or one is not None and abs(one - other) > 1e-9 * abs(one):
                    yield f"{name} of {time} was told as {one} and is stored as {other}"
        last = {}
        for time, sample in sorted(stored.items()):
            for name in COUNTERS:
                if name in sample:
                    if sample[name] < last.get(name, 0) - 1e-9:
                        yield f"{name} is stored as falling from {last[name]} to {sample[name]} at {time}"
                    last[name] = sample[name]

    def losses(self, slots):
        stored = {(key, int(number)): int(samples) for key, number, samples in self.portal.rows(
            "SELECT s.slot_key, l.sequence, l.samples FROM sample_loss l JOIN slot s ON s.id = l.slot_id")}
        told = {(key, report["sequence"]): report["loss"]["samples"]
                for key, reports in slots.items() for report in reports if "loss" in report}
        if stored != told:
            yield f"losses are stored as {stored}, told as {told}"

    def over_rest(self, job, status, slots, epilogue_killed):
        """The job, its end and its series, as the portal shows them."""
        found = self.portal.jobs(job)
        if len(found) != (1 if slots else 0):
            yield f"{job} is shown {len(found)} times, and has {len(slots)} slots"
        if len(found) != 1 or len(slots) != 1:
            return
        self.jobs += 1
        (key, reports), = slots.items()
        details = self.portal.api(f"jobs/{found[0]['id']}")
        if [slot["slot_id"] for slot in details["slots"]] != [key]:
            yield f"{job} is shown with slots {[slot['slot_id'] for slot in details['slots']]}, not {key}"
        if details["state"] not in ENDED or "ended_at" not in details:
            yield f"{job} has ended, and is shown as {details['state']}"
        if any("end" in report and report["end"].get("cause") == 1 for report in reports):
            shown = details.get("exit_code", 0) or (128 + details["signal"] if details.get("signal") else 0)
            if shown != status or (details["state"] == "COMPLETED") != (status == 0):
                yield f"{job} ended with {status}, and is shown as {details['state']}, {shown}"
        elif not epilogue_killed:
            yield f"{job} had an epilogue, and is shown as {details['state']} without"
        lost = sum(report["loss"]["samples"] for report in reports if "loss" in report)
        if details["samples_given_up"] != lost:
            yield f"{job}: {lost} samples were given up, {details['samples_given_up']} are shown"
        yield from (f"{job}: {sentence}" for sentence in self.series(found[0]["id"], reports))

    def series(self, number, reports):
        told = [sample for report in reports for sample in report.get("samples", [])]
        answer = self.portal.api(f"jobs/{number}/series", metric=",".join([*SERIES, "processes"]), points=2000)
        for line in answer["series"]:
            values = [value for _, value in line["points"] if value is not None]
            self.points += len(values)
            if any(value < 0 for value in values):
                yield f"{line['metric']} has a rate below 0 in its series: {min(values)}"
            measured = sum(1 for sample in told if line["metric"] in sample)
            if line["metric"] == "processes" and len(values) != measured:
                yield f"{len(values)} points of {line['metric']} in its series, {measured} were told"

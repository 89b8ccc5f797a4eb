"""Judges by the wire contract what a portal was told."""
import fake_portal
import wire

COUNTERS = [name for number, (name, _) in wire.MESSAGES["JobSample"].items()
            if number in (2, 3, 7, 8, 13, 14, 15, 16, 17, 18, 19, 20, 26, 27, 28, 38)]


class Slot:
    def __init__(self):
        self.reports, self.twice, self.different = {}, 0, []

    def take(self, sequence, content):
        if sequence not in self.reports:
            self.reports[sequence] = content
        elif self.reports[sequence] == content:
            self.twice += 1
        else:
            self.different.append(sequence)


class Audit:
    """
    Of the journal of a portal. Outages: (from, to) in seconds, when no agent was there. Slack: seconds that a
    sample may be late, and again for each start of an agent, which is there before it samples.
    """

    def __init__(self, journal, outages, slack):
        self.outages, self.slack, self.slots, self.batches = outages, slack, {}, 0
        self.longest, self.samples, self.lost = 0.0, 0, 0
        for _, batch in fake_portal.journal_entries(journal):
            self.batches += 1
            for slot, sequence, content in wire.slot_reports(batch):
                self.slots.setdefault(slot, Slot()).take(sequence, content)

    def summary(self):
        twice = sum(slot.twice for slot in self.slots.values())
        down = sum(end - begin for begin, end in self.outages)
        return (f"{self.batches} batches, {len(self.slots)} slots, {sum(len(s.reports) for s in self.slots.values())} "
                f"reports, {twice} of them more than once, {self.samples} samples, {self.lost} said to be lost; "
                f"{len(self.outages)} times without an agent, {down:.1f} s in all; "
                f"longest gap beyond outage and interval {self.longest:.2f} s")

    def judge(self, exit_statuses, prologue_killed, epilogue_killed):
        """A sentence for everything that is wrong."""
        wrong, of_job = [], {}
        for name, slot in sorted(self.slots.items()):
            reports = {number: wire.decode("SlotReport", content) for number, content in sorted(slot.reports.items())}
            job = next((report["job"]["job_id"] for report in reports.values() if "job" in report), None)
            label = f"slot {name} ({job})"
            if job is None:
                wrong.append(f"{label}: nobody said which job it was")
            of_job.setdefault(job, []).append(reports)
            wrong += [f"{label}: {sentence}" for sentence in self.numbers(slot, reports)]
            wrong += [f"{label}: {sentence}" for sentence in self.series(reports)]
        for job, status in exit_statuses.items():
            wrong += self.end_of(job, status, of_job.get(job, []), job in prologue_killed, job in epilogue_killed)
        wrong += [f"a slot of {job}, which never was" for job in of_job.keys() - exit_statuses.keys() if job]
        return wrong

    def numbers(self, slot, reports):
        lost = [report["loss"] for report in reports.values() if "loss" in report]
        self.lost += sum(loss["samples"] for loss in lost)
        missing = sorted(set(range(1, max(reports) + 1)) - reports.keys())
        if missing and len(missing) > sum(loss["samples"] for loss in lost):
            yield f"numbers {missing[:10]} of {max(reports)} are missing"
        if slot.different:
            yield f"numbers {slot.different[:10]} came twice with different content"

    def series(self, reports):
        """Samples in the order of their numbers."""
        samples = [sample for _, report in sorted(reports.items()) for sample in report.get("samples", [])]
        self.samples += len(samples)
        before = None
        for sample in samples:
            if before is not None:
                if sample["time_ms"] <= before["time_ms"]:
                    yield f"time falls from {before['time_ms']} to {sample['time_ms']}"
                for counter in COUNTERS:
                    if counter in sample and counter in before and sample[counter] < before[counter] - 1e-9:
                        yield f"{counter} falls from {before[counter]} to {sample[counter]}"
            before = sample
        interval = next((report["start"].get("sample_interval_seconds", 1.0) for report in reports.values()
                         if "start" in report), 1.0)
        moments = [report["start"]["time_ms"] for report in reports.values() if report.get("start", {}).get("time_ms")]
        moments += [sample["time_ms"] for sample in samples]
        moments += [report["end"]["time_ms"] for report in reports.values()
                    if report.get("end", {}).get("cause") == 1]
        moments = sorted(moment / 1000 for moment in moments)
        for begin, end in zip(moments, moments[1:]):
            beyond = end - begin - interval - self.outage(begin, end)
            self.longest = max(self.longest, beyond)
            starts = sum(1 for down, up in self.outages if down < end and up > begin)
            if beyond > self.slack * (1 + starts):
                yield (f"no sample for {end - begin:.1f} s, of which {self.outage(begin, end):.1f} s without an agent, "
                       f"{starts} starts of one, interval {interval} s")

    def outage(self, begin, end):
        return sum(max(0.0, min(end, up) - max(begin, down)) for down, up in self.outages)

    @staticmethod
    def end_of(job, status, slots, prologue_killed, epilogue_killed):
        if not slots:
            if not (prologue_killed and epilogue_killed):
                yield f"nothing was told of {job}"
            return
        if len(slots) > 1:
            yield f"{job} has {len(slots)} slots"
        ends = [report["end"] for report in slots[0].values() if "end" in report]
        if not ends:
            yield f"{job}: no end was told"
        elif ends[-1].get("cause") == 1:
            told = ends[-1].get("exit_code", 0) or (128 + ends[-1]["signal"] if ends[-1].get("signal") else 0)
            if told != status:
                yield f"{job} ended with {status}, the portal was told {ends[-1]}"
        elif not epilogue_killed:
            yield f"{job} has an epilogue, the portal was told {ends[-1]}"
        if len(ends) > 1:
            yield f"{job}: {len(ends)} ends"

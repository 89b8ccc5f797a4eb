"""`python3 -m unittest discover end-to-end/evaluation`: counting, stretching, and the rules of others."""
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import corpus  # noqa: E402
import peers  # noqa: E402
import score  # noqa: E402

COLUMNS = ("t", "cpu_s", "cores", "rss", "wchar", "runq_wait_s", "stdout_bytes")


def run(truth="healthy", onset=None, name="r", hours=2, cores=0.5, rss=lambda t: 1e8, written=lambda t: t):
    rows = tuple((t, cores * t, cores, rss(t), written(t), 0.0, 1.0) for t in map(float, range(30, hours * 3600, 30)))
    job = {"run_id": name, "cores_req": "1", "mem_limit": "1000000000", "walltime": "36000"}
    return corpus.Run(name, job, COLUMNS, rows, truth, onset)


class Stretching(unittest.TestCase):
    def test_rates_and_levels_stay_what_they_were(self):
        one = run("hang", 600.0)
        ten = one.stretched(10)
        self.assertEqual(ten.column("t")[-1], 10 * one.column("t")[-1])
        self.assertEqual(ten.column("cpu_s")[-1] / ten.end(), one.column("cpu_s")[-1] / one.end())
        self.assertEqual((ten.column("cores"), ten.column("rss")), (one.column("cores"), one.column("rss")))
        self.assertEqual((ten.onset, ten.job["walltime"]), (6000.0, "360000"))

    def test_what_was_not_measured_stays_so(self):
        one = corpus.Run("r", {"walltime": ""}, ("t", "cpu_s"), ((1.0, None),), "healthy", None)
        self.assertEqual(one.stretched(30).rows, ((30.0, None),))
        self.assertEqual(one.column("rss"), [None])


class Counting(unittest.TestCase):
    def count(self, runs, flags):
        return score.score(runs, flags, 30)

    def test_a_kind_is_found_at_or_after_its_onset(self):
        result = self.count([run("hang", 900.0)], {"r": [(2700.0, "hang", "warn"), (2800.0, "hang", "kill")]})
        self.assertEqual((result.micro, result.macro, result.latency, result.missed), (1.0, 1.0, 60.0, []))

    def test_before_its_onset_it_is_false_and_the_run_is_missed(self):
        result = self.count([run("hang", 900.0)], {"r": [(600.0, "hang", "kill")]})
        self.assertEqual((result.micro, result.missed, len(result.killed)), (0.0, ["r"], 1))

    def test_a_healthy_run_counts_once_for_each_kind_and_in_job_hours(self):
        flags = {"r": [(600.0, "hang", "warn"), (700.0, "hang", "kill"), (800.0, "io_storm", "info")]}
        result = self.count([run()], flags)
        self.assertEqual(result.kinds["hang"].false, 1)
        self.assertNotIn("io_storm", result.kinds)
        self.assertAlmostEqual(result.hours, 2, delta=0.02)
        self.assertEqual(len(result.killed), 1)

    def test_another_kind_on_a_sick_run_is_false_but_what_comes_of_a_leak(self):
        flags = {"r": [(900.0, "memory_near_limit", "warn"), (950.0, "idle_cores", "warn")]}
        result = self.count([run("memory_leak", 300.0)], flags)
        self.assertEqual([kind for _, _, kind, _ in result.wrong], ["idle_cores"])
        self.assertEqual((result.warned, result.missed), ([], ["r"]))

    def test_the_bound_is_the_exact_one_of_poisson(self):
        for events, bound in ((0, 2.9957), (1, 4.7439), (5, 10.5130)):
            self.assertAlmostEqual(score.upper_bound(events), bound, places=3)


class RulesOfOthers(unittest.TestCase):
    def test_dirac_looks_each_half_hour(self):
        self.assertEqual(peers.dirac(run(cores=0.04)), [(1800.0, "hang", "kill")])
        self.assertEqual(peers.dirac(run(cores=0.06)), [])

    def test_clustercockpit_speaks_at_the_end(self):
        self.assertEqual(peers.clustercockpit(run(cores=0.8)), [(7170.0, "idle_cores", "warn")])
        self.assertEqual(peers.clustercockpit(run(cores=1.3)), [(7170.0, "cpu_overuse", "warn")])
        full = run(cores=1, rss=lambda t: 9.5e8)
        self.assertEqual(peers.clustercockpit(full), [(7170.0, "memory_near_limit", "warn")])

    def test_mann_kendall_sees_a_rise_within_sixty_samples_and_no_level(self):
        self.assertEqual(peers.mann_kendall(run(rss=lambda t: 1e8 + t)), [(1800.0, "memory_leak", "warn")])
        self.assertEqual(peers.mann_kendall(run()), [])
        self.assertEqual(peers.mann_kendall(run(rss=lambda t: 1e9 - t)), [])

    def test_mann_kendalls_score_is_that_of_all_pairs_of_the_window(self):
        late = run(rss=lambda t: 1e8 + (7919 * t) % 1013 + max(0, t - 3600) ** 2)
        self.assertEqual([kind for _, kind, _ in peers.mann_kendall(late)], ["memory_leak"])
        self.assertGreater(peers.mann_kendall(late)[0][0], 3600)

    def test_io_watchdog_waits_for_an_hour(self):
        silent = run(written=lambda t: min(t, 900))
        self.assertEqual(peers.io_watchdog(silent), [(4500.0, "hang", "kill")])
        self.assertEqual(peers.io_watchdog(run()), [])


if __name__ == "__main__":
    unittest.main()

package org.slotwarden.portal.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slotwarden.judging.FlagKind;
import org.slotwarden.judging.Severity;
import org.slotwarden.portal.flag.Flag;
import org.slotwarden.portal.flag.FlagFilter;
import org.slotwarden.portal.flag.FlagQueries;
import org.slotwarden.portal.rule.LiveRules;
import org.slotwarden.portal.rule.RuleDesk;
import org.slotwarden.portal.rule.RuleDraft;
import org.slotwarden.portal.rule.Rules;
import org.slotwarden.portal.rule.Trial;
import org.slotwarden.portal.rule.Trials;
import org.slotwarden.portal.user.Viewer;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Rules and their flags as an admin sees them in Chromium. */
class RulePagesTest extends InChromium {
    private static final Viewer ADMIN = new Viewer("admin", true);

    @Autowired
    Rules rules;

    @Autowired
    Trials trials;

    @Autowired
    LiveRules live;

    @Autowired
    FlagQueries flags;

    @Autowired
    JdbcClient jdbc;

    @AfterEach
    void noRulesAreLeft() {
        RuleDesk.clear(jdbc, live);
    }

    private long write(String name, String expression) {
        return rules.create(
                        new RuleDraft(
                                name, expression, 120.0, 60.0, Severity.WARN, "<b>Ask</b> the user before you stop it"),
                        ADMIN)
                .id();
    }

    private void tryOut(long id) {
        trials.begin(id, 1, 24, ADMIN);
        await().atMost(Duration.ofMinutes(1))
                .until(() -> trials.latest(id, 1, ADMIN).filter(Trial::running).isEmpty());
    }

    private void live(long id) {
        tryOut(id);
        rules.switchOn(id, 1, ADMIN);
        RuleDesk.backdate(jdbc, live, site.now.minusSeconds(3600));
    }

    private Flag awaitFlag(String title) {
        return await().atMost(Duration.ofMinutes(1)).until(() -> flagOf(title), Objects::nonNull);
    }

    private @Nullable Flag flagOf(String title) {
        return flags.search(FlagFilter.STANDING, 0, 50, ADMIN).flags().stream()
                .filter(flag ->
                        flag.kind() == FlagKind.SITE_RULE && flag.title().equals(title))
                .findFirst()
                .orElse(null);
    }

    @ParameterizedTest
    @CsvSource({"1280, LIGHT", "1280, DARK", "400, LIGHT", "400, DARK"})
    void everyPageOfRulesFitsItsWindow(int width, ColorScheme scheme) {
        long busy = write("Busy and big", "cores > 2\n  && memory > 1000");
        live(busy);
        live(write("Divides by what may be zero", "cores / (cores_asked - 2) > 1"));
        write(
                "Few writes and many calls (nights of the reconstruction)",
                "write_rate / call_rate < 512 && call_rate > 2000 && job_name.matches('^reco_[0-9]+_of_[0-9]+$') &&"
                        + " user in ['anna', 'bert', 'carla', 'doris'] && !has(progress) && wall_time > 3600");
        long old = write("Old habit", "sockets > 1000");
        tryOut(old);
        rules.retire(old, ADMIN);
        site.node("node01").tell(site.greedyJob("4711"), site.healthyJob("4712"));
        Flag flag = awaitFlag("Busy and big");
        trials.begin(busy, 1, 24, ADMIN);
        await().atMost(Duration.ofMinutes(1))
                .until(() ->
                        trials.latest(busy, 1, ADMIN).filter(Trial::running).isEmpty());

        Page page = page("admin", width, scheme);
        Map<String, String> pages = new LinkedHashMap<>();
        pages.put("rules", "/rules");
        pages.put("rule-busy", "/rules/" + busy);
        pages.put("rule-retired", "/rules/" + old);
        pages.put("rule-flags", "/flags?state=any");
        pages.put("rule-job", "/jobs/" + flag.jobId());
        pages.forEach((name, path) -> {
            page.navigate(path);
            page.locator(".panel > details, #trial ~ details, .alerts details")
                    .all()
                    .forEach(details -> details.evaluate("it => it.open = true"));
            fits(page, name, width, scheme);
        });
        page.navigate("/rules");
        page.getByLabel("Name, as flags show it").fill("Wrong");
        page.getByLabel("Condition (CEL)")
                .fill("cores > 2 && user in ['anna', 'bert', 'carla', 'doris'] && wall_time > 3600\n  && memry > 1000");
        assertThat(page.locator("#check")).containsText("undeclared reference");
        page.getByText("Save as a draft").click();
        assertThat(page.getByTestId("place")).containsText("memry");
        fits(page, "rule-wrong", width, scheme);
    }

    @Test
    void theStretchOfARulesFlagIsMarkedInTheChartsThatItsConditionNames() {
        live(write("Busy and big", "cores > 2 && memory > 1000"));
        site.node("node01").tell(site.greedyJob("4711"));
        Flag flag = awaitFlag("Busy and big");
        Page page = page("anna");
        page.navigate("/jobs/" + flag.jobId());

        for (String chart : List.of("cores", "memory")) {
            assertThat(page.locator("figure#" + chart)).containsText("Busy and big");
        }
        assertThat(page.locator("figure#sockets")).not().containsText("Busy and big");
    }

    @Test
    void anAdminRetiresARuleThatIsSwitchedOff() {
        long id = write("Old habit", "sockets > 1000");
        live(id);
        Page page = page("admin");
        page.navigate("/rules/" + id);
        assertThat(page.getByText("Retire this rule")).hasCount(0);
        page.getByText("Switch version 1 off").click();
        page.getByText("Retire this rule").click();
        page.getByText("Retire it").click();

        assertThat(page.getByTestId("live")).containsText("Retired since");
        assertThat(page.getByTestId("audit")).containsText("retired the rule");
        assertThat(page.locator("form.rule")).hasCount(0);
        assertThat(page.getByText("on history").filter(new Locator.FilterOptions().setHas(page.locator("button"))))
                .hasCount(0);
        page.navigate("/rules");
        assertThat(page.getByTestId("retired")).containsText("1 retired");
        assertThat(page.getByTestId("site-rules")).hasCount(0);
    }
}

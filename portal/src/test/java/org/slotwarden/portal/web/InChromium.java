package org.slotwarden.portal.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.slotwarden.portal.PortalTest;
import org.slotwarden.portal.node.NodeTokens;
import org.slotwarden.portal.user.Accounts;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** A test of pages as people see them in Chromium. What a page complains of fails the test that opened it. */
@PortalTest
abstract class InChromium {

    @SuppressWarnings("NullAway.Init")
    static TestBrowser browser;

    @Autowired
    Accounts accounts;

    @Autowired
    NodeTokens tokens;

    @LocalServerPort
    int port;

    @SuppressWarnings("NullAway.Init")
    TestSite site;

    @BeforeAll
    static void start() {
        browser = new TestBrowser();
    }

    @AfterAll
    static void stop() {
        browser.close();
    }

    @BeforeEach
    void site() {
        site = new TestSite(port, accounts, tokens);
    }

    @AfterEach
    void nothingWentWrongInThePages() {
        browser.closePages();
    }

    /** A page of somebody who has logged in. */
    Page page(String account, int width, ColorScheme scheme) {
        return browser.loggedIn(port, account, TestBrowser.window(width, scheme));
    }

    Page page(String account) {
        return page(account, 1280, ColorScheme.LIGHT);
    }

    /** What is open now fits its window; kept for people to look at. */
    static void fits(Page page, String name, int width, ColorScheme scheme) {
        TestBrowser.screenshot(
                page, "%s-%d-%s".formatted(name, width, scheme.name().toLowerCase(Locale.ROOT)));
        assertThat(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
                .as("%s is wider than a window of %d pixels", page.url(), width)
                .isEqualTo(0);
    }

    /** Waits until all charts of the page have been given their data. */
    static void drawn(Page page) {
        eventually(
                () -> (boolean)
                        page.evaluate(
                                "[...document.querySelectorAll('figure canvas')].every((canvas) => window.Chart && Chart.getChart(canvas)?.options.scales.x.min !== undefined)"));
    }

    /** Asks by evaluating: waiting within the page would need an {@code eval} that its policy forbids. */
    static void eventually(Callable<Boolean> condition) {
        await().pollInSameThread().atMost(Duration.ofSeconds(30)).until(condition);
    }

    /** @param expression over {@code chart} */
    static Object chart(Page page, String figure, String expression) {
        return page.evaluate(
                "(id) => { const chart = Chart.getChart(document.querySelector(`#${id} canvas`)); return " + expression
                        + "; }",
                figure);
    }

    static Locator.FilterOptions has(String text) {
        return new Locator.FilterOptions().setHasText(text);
    }
}

package org.slotwarden.portal.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Chromium, headless. Whatever a page complains of, the policy of its content included, is kept and fails the test. */
final class TestBrowser implements AutoCloseable {
    private static final Path SCREENSHOTS = Path.of("target/screenshots");
    /** Makes what the content security policy forbids a complaint. */
    private static final String REPORT_VIOLATIONS = """
            document.addEventListener('securitypolicyviolation',
                (event) => console.error(`policy violated: ${event.violatedDirective} ${event.blockedURI}`));
            """;

    private final Playwright playwright =
            Playwright.create(new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    private final Browser browser = playwright
            .chromium()
            .launch(new BrowserType.LaunchOptions()
                    .setExecutablePath(chromium())
                    .setArgs(List.of(
                            "--no-sandbox",
                            "--disable-gpu",
                            "--no-first-run",
                            "--disable-background-networking",
                            "--disable-component-update",
                            "--disable-sync")));
    private final List<String> complaints = new ArrayList<>();

    private static Path chromium() {
        return Arrays.stream(System.getenv("PATH").split(":"))
                .map(folder -> Path.of(folder, "chromium"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("The browser tests need the program chromium in PATH"));
    }

    /** A page of somebody who has logged in. */
    Page loggedIn(int port, String account, Browser.NewContextOptions options) {
        BrowserContext context = browser.newContext(
                options.setBaseURL("http://127.0.0.1:" + port).setLocale("en-GB"));
        context.addInitScript(REPORT_VIOLATIONS);
        Page page = context.newPage();
        page.onConsoleMessage(message -> {
            if (message.type().equals("error") || message.type().equals("warning")) {
                complaints.add(page.url() + ": " + message.text());
            }
        });
        page.onPageError(error -> complaints.add(page.url() + ": " + error));
        page.navigate("/login");
        page.getByLabel("Name").fill(account);
        page.getByLabel("Password").fill(TestSite.PASSWORD);
        page.locator("main button").click();
        page.waitForURL("**/");
        return page;
    }

    static Browser.NewContextOptions window(int width, ColorScheme scheme) {
        return new Browser.NewContextOptions().setViewportSize(width, 900).setColorScheme(scheme);
    }

    /** For people to look at. */
    static void screenshot(Page page, String name) {
        page.screenshot(new Page.ScreenshotOptions().setFullPage(true).setPath(SCREENSHOTS.resolve(name + ".png")));
    }

    /** Closes what a test has opened; fails when a page complained. */
    void closePages() {
        List.copyOf(browser.contexts()).forEach(BrowserContext::close);
        List<String> heard = List.copyOf(complaints);
        complaints.clear();
        assertThat(heard).isEmpty();
    }

    @Override
    public void close() {
        playwright.close();
    }
}

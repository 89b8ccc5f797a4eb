package org.slotwarden.portal.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/** What every template keeps to, so that the policy of the browser and readers without a mouse or eyes do well. */
class TemplateConventionsTest {

    record Template(String name, String text) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Template> templates() throws IOException {
        return resources("classpath:/templates/*.html");
    }

    @Test
    void thereAreTemplates() throws IOException {
        assertThat(templates()).hasSizeGreaterThan(9);
    }

    @ParameterizedTest
    @MethodSource("templates")
    void noScriptOrStyleStandsInAPage_forTheContentSecurityPolicyForbidsIt(Template template) {
        assertThat(matches(
                        template,
                        "<script(?![^>]*\\bth:src=)[^>]*>|<style|\\sstyle=|th:style|\\son[a-z]+=|th:on|javascript:"))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("templates")
    void noTextIsPutOutUnescaped(Template template) {
        assertThat(matches(template, "th:utext|\\[\\(")).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("templates")
    void everyFormThatChangesSomethingGetsItsCsrfToken_whichThActionAdds(Template template) {
        assertThat(matches(template, "<form(?=[^>]*method=\"post\")(?![^>]*th:action)[^>]*>"))
                .isEmpty();
        assertThat(matches(template, "<form(?![^>]*method=)[^>]*>")).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("templates")
    void everyChartHasANameAndASentenceThatSaysTheSame(Template template) {
        assertThat(matches(template, "<canvas(?![^>]*role=\"img\"[^>]*th:aria-label[^>]*th:aria-describedby)[^>]*>"))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("templates")
    void everyTableSaysWhatItIs_andEveryHeadWhatItHeads(Template template) {
        assertThat(matches(template, "<table(?![^>]*th:replace)[^>]*>(?!\\s*<caption)"))
                .isEmpty();
        assertThat(matches(template, "<th(?![\\w:-])(?![^>]*scope=)[^>]*>")).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("templates")
    void everyInputHasALabel(Template template) {
        List<String> inputs = matches(template, "<(?:input|select)(?![^>]*type=\"hidden\")(?![^>]*aria-hidden)[^>]*>");
        for (String input : inputs) {
            String id = input.replaceAll("(?s).*?\\s(?:th:)?id=\"([^\"]+)\".*", "$1");
            assertThat(template.text()).contains("for=\"" + id + "\"");
        }
    }

    @Test
    void noScriptReachesForTheChartLibraryButOne() throws IOException {
        Stream<Template> scripts = resources("classpath:/static/js/**/*.js");
        assertThat(scripts.filter(script -> script.text().contains("window.Chart"))
                        .map(Template::name))
                .containsExactly("line-chart.js");
    }

    @Test
    void noScriptWritesMarkup() throws IOException {
        assertThat(resources("classpath:/static/js/**/*.js")
                        .flatMap(script ->
                                matches(script, "innerHTML\\s*=[^=]|insertAdjacentHTML|document\\.write|eval\\(")
                                        .stream()))
                .isEmpty();
    }

    private static Stream<Template> resources(String pattern) throws IOException {
        return Arrays.stream(new PathMatchingResourcePatternResolver().getResources(pattern))
                .map(TemplateConventionsTest::read);
    }

    private static Template read(Resource resource) {
        try {
            return new Template(
                    String.valueOf(resource.getFilename()), resource.getContentAsString(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static List<String> matches(Template template, String pattern) {
        return Pattern.compile(pattern)
                .matcher(template.text())
                .results()
                .map(found -> found.group())
                .toList();
    }
}

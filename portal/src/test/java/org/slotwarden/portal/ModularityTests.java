package org.slotwarden.portal;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.modulith.core.ApplicationModules;
import org.springframework.stereotype.Controller;

/** The house rules that a program can check; each says why. */
class ModularityTests {

    private static final JavaClasses PORTAL = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.slotwarden.portal");

    @Test
    void modulesUseNothingButEachOthersPublicFaces_withoutCycles() {
        ApplicationModules.of(PortalApplication.class).verify();
    }

    @Test
    void whatEverythingStandsOnKnowsNoFeature() {
        assertThat(List.of("secret", "database", "api", "user", "node"))
                .allSatisfy(foundation -> noClasses()
                        .that()
                        .resideInAPackage("..portal." + foundation + "..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(
                                "..portal.job..",
                                "..portal.series..",
                                "..portal.ingest..",
                                "..portal.flag..",
                                "..portal.report..",
                                "..portal.web..",
                                "..portal.security..")
                        .because("features come and go above them")
                        .check(PORTAL));
    }

    @Test
    void nobodyKnowsThePages() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..portal.web..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("..portal.web..")
                .because("pages show what there is, and everything works without them")
                .check(PORTAL);
    }

    @Test
    void onlySecurityDecidesOnAccessToUrls() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..portal.security..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.springframework.security.config..")
                .because("whoever asks 'who may do that?' must find the answer in one place")
                .check(PORTAL);
    }

    @Test
    void controllersAreNobodysFace() {
        classes()
                .that()
                .areMetaAnnotatedWith(Controller.class)
                .should()
                .notBePublic()
                .because("other modules ask a module's services, not its HTTP interface")
                .check(PORTAL);
    }

    @Test
    void dependenciesComeThroughTheConstructor() {
        fields().should()
                .notBeAnnotatedWith(Autowired.class)
                .because("fields are final, and an object is whole once it is made")
                .check(PORTAL);
    }

    @Test
    void packagesAreCalledAfterWhatTheyAreFor_andTreatNullAsAnExceptionToTheRule() {
        List<JavaPackage> packages =
                PORTAL.stream().map(type -> type.getPackage()).distinct().toList();

        assertThat(packages)
                .extracting(JavaPackage::getRelativeName)
                .as("names that say nothing")
                .doesNotContain("util", "utils", "common", "impl", "manager", "helper", "misc");
        assertThat(packages)
                .filteredOn(candidate -> !candidate.isAnnotatedWith(NullMarked.class))
                .as("packages without @NullMarked in package-info.java")
                .isEmpty();
    }
}

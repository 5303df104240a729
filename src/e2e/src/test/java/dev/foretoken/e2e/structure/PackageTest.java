package dev.foretoken.e2e.structure;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Arrows between packages point down and never form a circle. */
class PackageTest {

    private static final JavaClasses CLASSES = ProductClasses.ALL;

    @Test
    void packagesFormNoCycle() {
        assertThat(CLASSES).hasSizeGreaterThan(50);
        slices().matching("dev.foretoken.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void whatLiesBelowKnowsNothingAbove() {
        allowOnly("contract");
        allowOnly("database", "contract");
        allowOnly("routing", "contract");
        allowOnly("registry", "contract", "database");
    }

    @Test
    void batchesAreRunByWhatTheyAreGiven() {
        allowOnly("batch", "contract", "database", "wire");
    }

    @Test
    void oneModuleKnowsHowDatabasesAreReached() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.foretoken.database..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.flywaydb..", "com.zaxxer..", "org.postgresql..", "org.sqlite..")
                .orShould()
                .dependOnClassesThat()
                .haveNameMatching("java.sql.(Connection|DriverManager|PreparedStatement|Statement)")
                .check(CLASSES);
    }

    @Test
    void schedulerAndRuntimesMeetOnlyInTheContract() {
        refuse("scheduler", "gateway", "pod", "wire", "registry", "nativeruntime", "app", "bench");
        refuse("nativeruntime", "gateway", "pod", "wire", "scheduler", "app", "bench");
    }

    @Test
    void onlyTheEdgesKnowTheWireAndTheWebFramework() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "dev.foretoken.gateway..",
                        "dev.foretoken.pod..",
                        "dev.foretoken.app..",
                        "dev.foretoken.batch.record.proto..",
                        "dev.foretoken.wire..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.foretoken.wire..", "io.grpc..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.foretoken.gateway..", "dev.foretoken.app..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.quarkus..", "jakarta..")
                .check(CLASSES);
    }

    @Test
    void everyPackageSaysWhatItOwns() {
        for (Path folder : new TreeSet<>(
                SourceTree.mainFiles().stream().map(Path::getParent).toList())) {
            Path info = folder.resolve("package-info.java");
            assertThat(SourceTree.root().resolve(info)).exists();
            List<String> lines = SourceTree.lines(info);
            assertThat(String.join("\n", lines))
                    .as(info.toString())
                    .contains("NullMarked")
                    .contains("/**");
        }
    }

    @Test
    void theWrapperLooksForJdk25First() throws Exception {
        String wrapper = Files.readString(SourceTree.root().resolve("mvnw"));
        assertThat(wrapper.indexOf("_want=25")).isPositive().isLessThan(wrapper.indexOf("set -euf"));
    }

    private static void refuse(String from, String... to) {
        noClasses()
                .that()
                .resideInAPackage(subtree(from))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(Stream.of(to).map(PackageTest::subtree).toArray(String[]::new))
                .check(CLASSES);
    }

    /** {@code module} knows itself, the modules {@code others}, and no more of ours. */
    private static void allowOnly(String module, String... others) {
        String[] known = Stream.concat(Stream.of(module), Stream.of(others))
                .map(PackageTest::subtree)
                .toArray(String[]::new);
        noClasses()
                .that()
                .resideInAPackage(subtree(module))
                .should()
                .dependOnClassesThat(resideInAPackage("dev.foretoken..").and(resideOutsideOfPackages(known)))
                .check(CLASSES);
    }

    private static String subtree(String module) {
        return "dev.foretoken." + module + "..";
    }
}

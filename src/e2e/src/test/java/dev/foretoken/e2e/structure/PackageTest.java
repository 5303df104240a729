package dev.foretoken.e2e.structure;

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
    void theContractDependsOnNothingOfOursAndTheRegistryOnNothingAboveIt() {
        refuse(
                "contract",
                "database",
                "routing",
                "batch",
                "gateway",
                "pod",
                "wire",
                "scheduler",
                "registry",
                "nativeruntime",
                "app",
                "bench");
        refuse("registry", "gateway", "pod", "wire", "scheduler", "nativeruntime", "app", "bench");
    }

    @Test
    void routingDependsOnTheContractAlone() {
        refuse(
                "routing",
                "gateway",
                "pod",
                "wire",
                "scheduler",
                "registry",
                "sampling",
                "nativeruntime",
                "onnxruntime",
                "app",
                "bench");
    }

    @Test
    void oneModuleKnowsHowDatabasesAreReached() {
        refuse(
                "database",
                "routing",
                "batch",
                "gateway",
                "pod",
                "wire",
                "scheduler",
                "registry",
                "sampling",
                "nativeruntime",
                "onnxruntime",
                "app",
                "bench");
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
    void batchesAreRunByWhatTheyAreGiven() {
        refuse(
                "batch",
                "routing",
                "gateway",
                "pod",
                "scheduler",
                "registry",
                "sampling",
                "nativeruntime",
                "onnxruntime",
                "app",
                "bench");
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

    private static String subtree(String module) {
        return "dev.foretoken." + module + "..";
    }
}

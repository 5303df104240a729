package dev.foretoken.e2e.structure;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import java.io.ObjectInputStream;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What code of the product never does with what comes from outside, whichever way it came in. */
class TrustedCodeTest {

    private static final String[] ANSWERING = {
        "dev.foretoken.gateway.answer..",
        "dev.foretoken.gateway.batch..",
        "dev.foretoken.gateway.call..",
        "dev.foretoken.gateway.encode..",
        "dev.foretoken.gateway.grpc..",
        "dev.foretoken.gateway.http..",
        "dev.foretoken.gateway.json..",
        "dev.foretoken.gateway.openai..",
        "dev.foretoken.gateway.template..",
        "dev.foretoken.gateway.tensor..",
        "dev.foretoken.gateway.text..",
        "dev.foretoken.scheduler..",
        "dev.foretoken.nativeruntime..",
    };

    private static final Set<String> BY_PATTERN = Set.of("matches", "replaceAll", "replaceFirst", "split");

    private static final Pattern LITERAL =
            Pattern.compile("\\.(matches|replaceAll|replaceFirst|split)\\((\\s*\"|[A-Z][A-Z_]+[,)]|\\s*$)");

    private static final JavaClasses CLASSES = ProductClasses.ALL;

    /** The chart's own values are read when it is made, and as plain values. */
    @Test
    void nothingReadsObjectsFromBytes() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.foretoken.helm..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.rmi..", "javax.naming..", "java.beans..", "org.yaml.snakeyaml..")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(ObjectInputStream.class)
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("com.fasterxml.jackson.annotation.JsonTypeInfo")
                .check(CLASSES);
        assertThat(callsOf("com.fasterxml.jackson.databind.ObjectMapper", Set.of("activateDefaultTyping")))
                .isEmpty();
    }

    @Test
    void nothingLoadsCodeFromFiles() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.foretoken.bench..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("javax.script..", "javax.tools..")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(URLClassLoader.class)
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(ProcessBuilder.class)
                .check(CLASSES);
        assertThat(callsOf("java.lang.Runtime", Set.of("exec", "load", "loadLibrary")))
                .isEmpty();
        assertThat(callsOf("java.lang.invoke.MethodHandles$Lookup", Set.of("defineClass", "defineHiddenClass")))
                .isEmpty();
    }

    @Test
    void answersOpenNoConnections() {
        noClasses()
                .that()
                .resideInAnyPackage(ANSWERING)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.net.http..", "org.apache.hc..", "software.amazon..")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.net.URL")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.net.Socket")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.nio.channels.SocketChannel")
                .check(CLASSES);
    }

    /** Each is written in the code, or made of the paths of routes: none is made of what somebody sent. */
    @Test
    void requestsBringNoRegularExpressions() {
        assertThat(callsOf(Pattern.class.getName(), Set.of("compile")).stream()
                        .filter(TrustedCodeTest::inGateway)
                        .filter(call -> !call.getOrigin().getName().equals("<clinit>"))
                        .map(call -> call.getOriginOwner().getSimpleName()))
                .allMatch("AllowedMethods"::equals);
        Map<String, List<String>> sources = SourceTree.mainFiles().stream()
                .collect(Collectors.toMap(Path::toString, SourceTree::lines, (one, other) -> one));
        assertThat(callsOf(String.class.getName(), BY_PATTERN).stream()
                        .filter(TrustedCodeTest::inGateway)
                        .filter(call -> !LITERAL.matcher(line(sources, call)).find()))
                .isEmpty();
    }

    private static boolean inGateway(JavaMethodCall call) {
        return call.getOriginOwner().getPackageName().startsWith("dev.foretoken.gateway");
    }

    private static String line(Map<String, List<String>> sources, JavaMethodCall call) {
        String file = call.getOriginOwner().getName().replace('.', '/').replaceFirst("\\$.*", "") + ".java";
        return sources.entrySet().stream()
                .filter(source -> source.getKey().endsWith("/" + file))
                .map(source -> source.getValue().get(call.getLineNumber() - 1))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void secretsAreComparedInConstantTime() {
        Map<String, List<JavaMethodCall>> comparisons =
                callsOf(MessageDigest.class.getName(), Set.of("isEqual")).stream()
                        .collect(Collectors.groupingBy(
                                call -> call.getOriginOwner().getSimpleName()));
        assertThat(comparisons.keySet()).contains("Authenticator", "KeyHash");
        assertThat(callsOf(Arrays.class.getName(), Set.of("equals")).stream()
                        .map(call -> call.getOriginOwner().getPackageName()))
                .doesNotContain(
                        "dev.foretoken.gateway.auth", "dev.foretoken.gateway.tenant", "dev.foretoken.wire.server");
    }

    private static List<JavaMethodCall> callsOf(String owner, Set<String> methods) {
        return CLASSES.stream()
                .map(type -> type.getMethodCallsFromSelf())
                .flatMap(Set::stream)
                .filter(call -> call.getTargetOwner().getName().equals(owner)
                        && methods.contains(call.getTarget().getName()))
                .toList();
    }
}

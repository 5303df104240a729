package dev.foretoken.e2e.structure;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * A wall clock jumps: a machine that was suspended, a time server that corrects it. Whatever waits, expires or is measured therefore knows the
 * monotonic clock alone. The few who need civil time are named here, with the reason: everybody else must not take or read that clock, and who no
 * longer does must go from the list.
 */
class WallClockTest {

    private static final Map<String, Set<String>> TAKERS = Map.of(
            "the edge of a process, which hands it to those below",
            Set.of(
                    "app.command.models.PullCommand",
                    "app.engine.TextFiles",
                    "app.measure.EvalOptions",
                    "app.serve.RegistryPart",
                    "app.serve.ReplicaPart",
                    "app.serve.Transport",
                    "gateway.Gateway",
                    "gateway.discovery.KubernetesApi",
                    "gateway.routing.RouteSources",
                    "onnxruntime.OrtHome",
                    "registry.Registry",
                    "scheduler.host.HostEnvironment"),
            "the date of an import that a person asked for",
            Set.of("app.command.models.ImportCommand"),
            "since when answers of a batch count and until when they are wanted, which brokers and workers compare with theirs",
            Set.of("app.command.batch.SubmitCommand"),
            "when a process began, to which the spans it exports add monotonic time",
            Set.of("gateway.tracing.SpanExport"),
            "when a folder was used last, which file systems note in civil time",
            Set.of("registry.view.ViewFolder"));

    private static final Map<String, Set<String>> READERS = Map.of(
            "dates that people read: in answers, in records, in the history of models and jobs",
            Set.of(
                    "app.measure.EngineProbe",
                    "gateway.call.AnswerCalls",
                    "gateway.call.EncoderCalls",
                    "gateway.registry.RegistryUploads",
                    "gateway.routing.EngineRouter",
                    "registry.Intake",
                    "registry.Registry",
                    "registry.job.Building",
                    "registry.job.JobLog",
                    "registry.job.JobRun",
                    "registry.job.Publication",
                    "registry.transfer.ModelPull",
                    "registry.transfer.PullEntry",
                    "scheduler.host.AdapterTable",
                    "scheduler.host.SchedulerHost"),
            "the date that a chat template may write into a prompt",
            Set.of("gateway.model.CheckpointChat"),
            "deadlines that requests of batches name in civil time, before they wait somewhere for hours",
            Set.of("gateway.batch.BatchCall"),
            "deadlines of requests in topics, which outlive processes, and the age of their records",
            Set.of("batch.kafka.Gauges", "batch.kafka.RequestRun", "batch.kafka.Retries"),
            "days in which a certificate is valid",
            Set.of("wire.tls.KeyPairFiles"),
            "ages of files and rows that outlive processes",
            Set.of(
                    "batch.job.BatchFiles",
                    "batch.job.BatchJobs",
                    "gateway.registry.Uploads",
                    "onnxruntime.KeptGraphs",
                    "registry.Upkeep",
                    "registry.blob.BlobCollection",
                    "registry.blob.CachedBlobs",
                    "registry.blob.LocalBlobs",
                    "registry.job.BuildJobs",
                    "registry.replica.ReplicaStore"),
            "leases in a database that machines share, where numbers of attempts keep two owners apart",
            Set.of("batch.job.JobDesk", "registry.job.JobRunner", "registry.job.JobWatch"));

    @Test
    void theClockOfTheMachineIsTakenWhereItIsHandedOnAlone() {
        assertThat(users(WallClockTest::isOfTheMachine)).isEqualTo(named(TAKERS));
    }

    @Test
    void onlyThoseWhoNeedCivilTimeReadIt() {
        assertThat(users(WallClockTest::isReading)).isEqualTo(named(READERS));
    }

    /** The outermost classes with a call or a method reference that {@code wanted} accepts, below the project's package; benchmarks serve nobody. */
    private static Set<String> users(Predicate<AccessTarget> wanted) {
        return ProductClasses.ALL.stream()
                .filter(one -> !one.getPackageName().startsWith("dev.foretoken.bench"))
                .flatMap(one -> one.getAccessesFromSelf().stream())
                .filter(access -> wanted.test(access.getTarget()))
                .map(access -> outermost(access.getOriginOwner()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static boolean isOfTheMachine(AccessTarget target) {
        boolean withoutArguments = target.getFullName().endsWith("()");
        return switch (target.getOwner().getName()) {
            case "java.lang.System" -> target.getName().equals("currentTimeMillis");
            case "java.util.Date" -> target.getName().equals("<init>") && withoutArguments;
            case "java.util.Calendar" -> target.getName().equals("getInstance");
            case "java.time.Clock", "java.time.InstantSource" ->
                target.getName().matches("system.*|tick(Millis|Seconds|Minutes)");
            default ->
                target.getOwner().getPackageName().equals("java.time")
                        && target.getName().equals("now");
        };
    }

    private static boolean isReading(AccessTarget target) {
        return Set.of("java.time.Clock", "java.time.InstantSource")
                        .contains(target.getOwner().getName())
                && Set.of("instant", "millis").contains(target.getName());
    }

    private static String outermost(JavaClass one) {
        return one.getEnclosingClass()
                .map(WallClockTest::outermost)
                .orElseGet(() -> one.getName().replace("dev.foretoken.", ""));
    }

    private static Set<String> named(Map<String, Set<String>> byReason) {
        return byReason.values().stream().flatMap(Set::stream).collect(Collectors.toCollection(TreeSet::new));
    }
}

package dev.foretoken.app.command.models;

import dev.foretoken.app.engine.EngineHost;
import dev.foretoken.app.terminal.ProgressBar;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.registry.JobJson;
import dev.foretoken.gateway.registry.RegistryJson;
import dev.foretoken.registry.Registry;
import dev.foretoken.registry.job.BuildJobs;
import dev.foretoken.registry.job.JobRunner;
import dev.foretoken.registry.job.VariantProbe;
import dev.foretoken.registry.metadata.Job;
import dev.foretoken.registry.metadata.JobState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Builds jobs in this process and shows how far they are. When the process is told to stop, the jobs are cancelled. */
final class JobFollower {

    private static final int FAILED = 1;
    private static final Duration LOOK = Duration.ofMillis(200);
    private static final Duration STOP = Duration.ofSeconds(20);

    private final BuildJobs jobs;
    private final RegistryMixin access;
    private final VariantProbe probe;

    /** @param probe measures what is built here */
    JobFollower(Registry registry, RegistryMixin access, VariantProbe probe) {
        this.jobs = registry.jobs();
        this.access = access;
        this.probe = probe;
    }

    /** Returns the exit code: 0 when all succeeded or are left to others. */
    int run(List<Job> ordered, boolean detach) throws InterruptedException {
        CountDownLatch over = new CountDownLatch(1);
        try {
            List<Job> ended = detach ? ordered : build(ordered, over);
            access.print(
                    () -> RegistryJson.list("jobs", ended, JobJson::job),
                    out -> ended.forEach(job -> out.println(JobText.outcome(job))));
            return detach || ended.stream().allMatch(job -> job.state() == JobState.SUCCEEDED) ? 0 : FAILED;
        } finally {
            over.countDown();
        }
    }

    private List<Job> build(List<Job> ordered, CountDownLatch over) throws InterruptedException {
        if (ordered.isEmpty()) {
            return List.of();
        }
        Thread stop = new Thread(() -> cancel(ordered, over), "cancel-builds");
        Runtime.getRuntime().addShutdownHook(stop);
        try (JobRunner _ = jobs.start(EngineHost.workshop(), probe)) {
            List<Job> ended = new ArrayList<>();
            for (Job job : ordered) {
                ended.add(follow(job));
            }
            return ended;
        } finally {
            forget(stop);
        }
    }

    private Job follow(Job ordered) throws InterruptedException {
        try (ProgressBar bar = ProgressBar.onStderr(ProgressBar.Unit.STEPS)) {
            Job job = jobs.find(ordered.id());
            while (!job.state().ended()) {
                Job.Progress progress = job.status().progress();
                String stage = progress.stage().isEmpty() ? job.state().text() : progress.stage();
                bar.update(job.name() + ": " + stage, progress.done(), progress.total());
                Thread.sleep(LOOK);
                job = jobs.find(job.id());
            }
            return job;
        }
    }

    /** Runs in a shutdown hook: the process ends when it returns, so it lets the thread that follows the jobs say what became of them. */
    private void cancel(List<Job> ordered, CountDownLatch over) {
        try {
            ordered.forEach(job -> jobs.cancel(job.id()));
            if (!over.await(STOP.toSeconds(), TimeUnit.SECONDS)) {
                System.err.println("the builds did not stop in time; they go on with: foretoken models jobs resume");
            }
        } catch (ForetokenException e) {
            // The registry is closed: everything had ended before.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending: the hook runs.
        }
    }
}

package dev.foretoken.app.command.models;

import dev.foretoken.app.terminal.Figures;
import dev.foretoken.app.terminal.Table;
import dev.foretoken.registry.job.JobSpec;
import dev.foretoken.registry.metadata.Job;
import dev.foretoken.registry.metadata.JobState;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;

/** Jobs for people. */
final class JobText {

    private static final double MILLIS = 1e3;

    private JobText() {}

    static void print(List<Job> jobs, PrintStream out) {
        if (jobs.isEmpty()) {
            out.println("no jobs; start one: foretoken models build MODEL --variant METHOD");
            return;
        }
        Table table = new Table(">JOB", "VARIANT", "METHOD", "STATE", "STAGE", "CREATED (UTC)");
        for (Job job : jobs) {
            JobSpec spec = JobSpec.parse(job.spec());
            table.row(
                    Long.toString(job.id()),
                    job.parent().sibling(job.name()).toString(),
                    (spec.method() + " " + Wording.pairs(spec.parameters())).strip(),
                    job.state().text(),
                    stage(job),
                    Figures.time(job.times().created()));
        }
        table.print(out);
    }

    private static String stage(Job job) {
        Job.Progress progress = job.status().progress();
        return job.state() == JobState.RUNNING
                ? progress.stage() + " " + progress.done() + "/" + progress.total()
                : job.status().message().lines().findFirst().orElse("");
    }

    /** What became of it, in one line. */
    static String outcome(Job job) {
        String variant = job.parent().sibling(job.name()).toString();
        String message = job.status().message();
        return switch (job.state()) {
            case SUCCEEDED -> variant + " built in " + took(job) + (message.isEmpty() ? "" : ": " + message);
            case FAILED -> variant + " failed: " + message + " (log: foretoken models jobs log " + job.id() + ")";
            case CANCELLED -> variant + " cancelled; goes on with: foretoken models jobs resume " + job.id();
            case QUEUED, RUNNING ->
                "job " + job.id() + " builds " + variant + ": " + job.state().text();
        };
    }

    private static String took(Job job) {
        Duration time = job.times()
                .started()
                .flatMap(started -> job.times().ended().map(ended -> Duration.between(started, ended)))
                .orElse(Duration.ZERO);
        return Figures.number(time.toMillis() / MILLIS, 1) + " s";
    }
}

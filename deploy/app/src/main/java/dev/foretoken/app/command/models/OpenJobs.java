package dev.foretoken.app.command.models;

import dev.foretoken.registry.Registry;
import dev.foretoken.registry.job.JobOrder;
import dev.foretoken.registry.job.JobSpec;
import dev.foretoken.registry.metadata.Job;
import java.util.Optional;

/** Jobs that are not over. */
final class OpenJobs {

    private static final int MOST = 1000;

    private OpenJobs() {}

    /** The job that an earlier command with the same order has left, such as one that was killed. */
    static Optional<Job> same(Registry registry, JobOrder order) {
        JobSpec wanted = JobSpec.of(order);
        return registry.jobs().newest(MOST).stream()
                .filter(job -> !job.state().ended()
                        && job.parent().equals(order.parent())
                        && job.name().equals(order.name()))
                .filter(job -> JobSpec.parse(job.spec()).makesTheSame(wanted))
                .findFirst();
    }
}

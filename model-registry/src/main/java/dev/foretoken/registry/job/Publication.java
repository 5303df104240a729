package dev.foretoken.registry.job;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.metadata.Job;
import dev.foretoken.registry.metadata.VariantRow;
import dev.foretoken.registry.name.VariantRef;

/**
 * Makes a built variant visible. The job knows it from the same step, so an attempt after a crash knows that there is nothing
 * left to build, and an attempt that has lost its lease publishes nothing.
 */
final class Publication {
    private final JobSite site;
    private final Job job;
    private final JobWatch watch;

    Publication(JobSite site, Job job, JobWatch watch) {
        this.site = site;
        this.job = job;
        this.watch = watch;
    }

    void publish(Composed composed) {
        site.shelf().put(composed.configBytes());
        Digest manifest = site.shelf().put(composed.manifestBytes());
        site.shelf().renew(composed.manifest());
        VariantRef ref = job.parent().sibling(job.name());
        VariantRow row = new VariantRow(
                ref,
                manifest,
                composed.manifest().contentDigest(),
                composed.config(),
                composed.manifest().fileBytes(),
                site.clock().instant());
        site.metadata().change(session -> {
            if (!session.jobs().publish(job.id(), watch.lease())) {
                watch.lose();
                throw new ForetokenException(ErrorCode.CANCELLED, "another runner has taken this job over");
            }
            if (session.variants().find(ref).isPresent()) {
                throw new ForetokenException(
                        ErrorCode.REGISTRY_CONFLICT, ref + " was made by somebody else meanwhile: choose another name");
            }
            session.variants().add(row);
            return true;
        });
    }
}

package dev.foretoken.registry.job;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.BuildOrder;
import dev.foretoken.contract.runtime.BuildResult;
import dev.foretoken.registry.content.ModelFile;
import dev.foretoken.registry.metadata.Job;
import dev.foretoken.registry.metadata.VariantRow;
import java.util.List;

/** The first stage of a job: the workshop builds, the files are stored, and the variant becomes visible in one step. */
final class Building {
    private final JobSite site;
    private final Job job;
    private final JobFolder folder;
    private final JobWatch watch;

    Building(JobSite site, Job job, JobFolder folder, JobWatch watch) {
        this.site = site;
        this.job = job;
        this.folder = folder;
        this.watch = watch;
    }

    void build() {
        JobSpec spec = JobSpec.parse(job.spec());
        VariantRow parent = site.metadata()
                .read(session -> session.variants()
                        .find(job.parent())
                        .orElseThrow(() -> new ForetokenException(
                                ErrorCode.MODEL_NOT_FOUND, job.parent() + " was removed before it was built from")));
        BuildResult result = site.workshop().build(order(spec, parent), watch);
        stopIfAsked();
        BuildFacts.write(folder.output(), spec, result);
        List<ModelFile> files = site.shelf().store(folder.output(), watch::progress);
        stopIfAsked();
        Composition composition =
                new Composition(parent, site.shelf().manifest(parent).files(), spec);
        new Publication(site, job, watch)
                .publish(composition.compose(result, files, site.clock().instant()));
    }

    private BuildOrder order(JobSpec spec, VariantRow parent) {
        List<int[]> calibration = spec.calibration()
                .map(blob -> TokenFile.read(site.shelf().read(blob, TokenFile.MOST_BYTES)))
                .orElse(List.of());
        return new BuildOrder(
                site.shelf().open(parent),
                spec.method(),
                spec.parameters(),
                calibration,
                folder.output(),
                folder.scratch(),
                spec.threadsHere());
    }

    private void stopIfAsked() {
        if (watch.cancelled()) {
            throw new ForetokenException(ErrorCode.CANCELLED, "the build was stopped");
        }
    }
}

package dev.foretoken.registry.job;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.BuildOrder;
import dev.foretoken.contract.runtime.BuildResult;
import dev.foretoken.registry.content.ModelFile;
import dev.foretoken.registry.content.VariantConfig;
import dev.foretoken.registry.metadata.Job;
import dev.foretoken.registry.metadata.VariantRow;
import dev.foretoken.registry.name.VariantRef;
import java.util.ArrayList;
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
        VariantRow parent = find(job.parent());
        BuildResult result = site.workshop().build(order(spec, parent), watch);
        stopIfAsked();
        Composed composed = compose(spec, parent, result);
        stopIfAsked();
        new Publication(site, job, watch).publish(composed);
    }

    private VariantRow find(VariantRef ref) {
        return site.metadata()
                .read(session -> session.variants()
                        .find(ref)
                        .orElseThrow(() -> new ForetokenException(
                                ErrorCode.MODEL_NOT_FOUND, ref + " was removed before it was built from")));
    }

    private Composed compose(JobSpec spec, VariantRow parent, BuildResult result) {
        Composition composition =
                new Composition(parent, site.shelf().manifest(parent).files(), spec);
        VariantConfig draft = composition.draft(result, site.clock().instant());
        List<ModelFile> files = new ArrayList<>(composition.inherited(result));
        byte[] facts = BuildFacts.bytes(spec, result);
        files.add(ModelFile.whole(BuildFacts.FILE, facts.length, site.shelf().put(facts)));
        return result.output() == BuildResult.Output.SETTINGS
                ? Composed.of(draft, files)
                : site.shelf().store(folder.output(), draft, files, watch::progress);
    }

    private BuildOrder order(JobSpec spec, VariantRow parent) {
        List<int[]> calibration = spec.calibration()
                .map(blob -> TokenFile.read(site.shelf().read(blob, TokenFile.MOST_BYTES)))
                .orElse(List.of());
        return new BuildOrder(
                site.shelf().open(parent),
                spec.method(),
                ModelParameter.opened(spec.parameters(), this::find, site.shelf()::open),
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

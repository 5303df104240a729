package dev.foretoken.registry.job;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.measure.Measurement;
import dev.foretoken.registry.metadata.Job;
import dev.foretoken.registry.name.Names;
import dev.foretoken.registry.name.VariantRef;
import java.util.List;
import java.util.Optional;

/** The last stage of a job: the new variant is measured, and its base where that was not measured with the same questions. */
final class Measuring {
    private final JobSite site;
    private final JobWatch watch;
    private final JobLog log;
    private final VariantRef variant;

    Measuring(JobSite site, Job job, JobWatch watch, JobLog log) {
        this.site = site;
        this.watch = watch;
        this.log = log;
        this.variant = job.parent().sibling(job.name());
    }

    /** The end of the sentence that says what was made. The variant stays whatever happens here. */
    String measure() {
        watch.progress("measuring", 0, 0);
        try {
            Optional<Measurement> measured = site.probe().measure(variant, watch);
            if (measured.isEmpty()) {
                return ", not measured";
            }
            keep(variant, measured.get());
            measureBase(measured.get());
            return " and measured";
        } catch (ForetokenException e) {
            if (e.code() == ErrorCode.CANCELLED) {
                throw e;
            }
            log.line("not measured: " + e.getMessage());
            return ", not measured: " + e.getMessage();
        } catch (RuntimeException e) {
            log.line("not measured: " + e);
            return ", not measured: the probe failed (" + e.getClass().getSimpleName() + ")";
        }
    }

    private void measureBase(Measurement measured) {
        VariantRef base = variant.sibling(Names.BASE);
        List<Measurement> before =
                site.metadata().read(session -> session.measurements().of(base));
        if (before.isEmpty() || !before.getFirst().evalSet().equals(measured.evalSet())) {
            site.probe().measure(base, watch).ifPresent(found -> keep(base, found));
        }
    }

    private void keep(VariantRef ref, Measurement measurement) {
        site.metadata().change(session -> {
            session.measurements().add(ref, measurement);
            return true;
        });
    }
}

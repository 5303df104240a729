package dev.foretoken.scheduler.host;

import dev.foretoken.contract.telemetry.Metric;
import dev.foretoken.contract.telemetry.ModelServerMetrics;
import dev.foretoken.contract.telemetry.Telemetry;
import java.util.Optional;

/** The gauges of one loaded variant: there while it is loaded, gone after. */
final class LoadGauges {

    private static final Metric CHECKPOINTS =
            Metric.of("foretoken_state_checkpoints", "Copies of recurrent states held", "model_name");
    private static final Metric CHECKPOINT_BYTES =
            Metric.of("foretoken_state_checkpoint_bytes", "Bytes of the copies of recurrent states held", "model_name");

    private static final Metric ADAPTERS =
            Metric.of("foretoken_adapters", "LoRA adapters that requests can name", "model_name");
    private static final Metric ADAPTER_BYTES =
            Metric.of("foretoken_adapter_bytes", "Bytes of the LoRA adapters", "model_name");

    private static final Metric QUEUE =
            Metric.of("foretoken_tensor_queue", "Requests of a graph accepted and not begun", "model_name");
    private static final Metric SESSIONS =
            Metric.of("foretoken_tensor_sessions", "Streams over a graph's caches that are open", "model_name");

    private static final Metric SESSION_BYTES =
            Metric.of("foretoken_tensor_session_bytes", "Memory of the caches of streams that are open", "model_name");

    private static final Metric KERNELS = Metric.of(
            "foretoken_kernel_info", "What a model is computed with", "model_name", "path", "threads", "cpus");

    private final Telemetry telemetry;
    private final ServedModel model;
    private final ExpertGauges experts;

    LoadGauges(Telemetry telemetry, ServedModel model) {
        this.telemetry = telemetry;
        this.model = model;
        this.experts = new ExpertGauges(telemetry, model.name(), model.expertLoads());
    }

    void show() {
        String name = model.name();
        telemetry.gauge(ModelServerMetrics.WAITING, () -> model.load().waiting(), name);
        telemetry.gauge(ModelServerMetrics.RUNNING, () -> model.load().running(), name);
        kernelLabels().ifPresent(labels -> telemetry.gauge(KERNELS, () -> 1, labels));
        switch (model.work().orElseThrow()) {
            case OpenedModel.Work.Sequences sequences -> show(name, sequences);
            case OpenedModel.Work.Tensors tensors -> {
                telemetry.gauge(QUEUE, () -> tensors.loop().waiting(), name);
                telemetry.gauge(SESSIONS, () -> tensors.loop().sessions(), name);
                telemetry.gauge(SESSION_BYTES, () -> tensors.loop().sessionBytes(), name);
            }
        }
    }

    private void show(String name, OpenedModel.Work.Sequences sequences) {
        telemetry.gauge(ModelServerMetrics.CACHE_USAGE, () -> model.load().cacheUsage(), name);
        telemetry.gauge(ModelServerMetrics.CACHE_CONFIG, () -> 1, cacheLabels());
        telemetry.gauge(CHECKPOINTS, () -> sequences.loop().checkpoints(), name);
        telemetry.gauge(CHECKPOINT_BYTES, () -> checkpointBytes(sequences), name);
        telemetry.gauge(ADAPTERS, () -> sequences.adapters().ready().size(), name);
        if (sequences.adapters().most() > 0) {
            telemetry.description(
                    ModelServerMetrics.ADAPTERS,
                    name,
                    sequences.adapters()::description,
                    sequences.adapters()::seconds);
        }
        telemetry.gauge(ADAPTER_BYTES, () -> sequences.adapters().bytes(), name);
        experts.show();
    }

    private static long checkpointBytes(OpenedModel.Work.Sequences sequences) {
        return sequences.loop().checkpoints()
                * sequences.shape().base().caches().checkpointBytes();
    }

    void hide() {
        telemetry.removeGauge(ModelServerMetrics.WAITING, model.name());
        telemetry.removeGauge(ModelServerMetrics.RUNNING, model.name());
        kernelLabels().ifPresent(labels -> telemetry.removeGauge(KERNELS, labels));
        switch (model.work().orElseThrow()) {
            case OpenedModel.Work.Sequences sequences -> hideSequences();
            case OpenedModel.Work.Tensors tensors -> {
                telemetry.removeGauge(QUEUE, model.name());
                telemetry.removeGauge(SESSIONS, model.name());
                telemetry.removeGauge(SESSION_BYTES, model.name());
            }
        }
    }

    private void hideSequences() {
        telemetry.removeGauge(ModelServerMetrics.CACHE_USAGE, model.name());
        telemetry.removeGauge(ModelServerMetrics.CACHE_CONFIG, cacheLabels());
        telemetry.removeGauge(CHECKPOINTS, model.name());
        telemetry.removeGauge(CHECKPOINT_BYTES, model.name());
        telemetry.removeGauge(ADAPTERS, model.name());
        telemetry.removeDescription(ModelServerMetrics.ADAPTERS, model.name());
        telemetry.removeGauge(ADAPTER_BYTES, model.name());
        experts.hide();
    }

    private Optional<String[]> kernelLabels() {
        return model.compute().map(compute -> new String[] {
            model.name(),
            compute.path(),
            Integer.toString(compute.threads()),
            compute.cpus().toString()
        });
    }

    private String[] cacheLabels() {
        return new String[] {
            model.name(),
            Integer.toString(model.load().blockTokens()),
            Integer.toString(model.load().totalBlocks()),
            model.info().heldAs().kvCache()
        };
    }
}

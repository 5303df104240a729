package dev.foretoken.scheduler.host;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.LoadCounters;
import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.engine.ModelLoad;
import dev.foretoken.contract.engine.ModelState;
import dev.foretoken.contract.runtime.ComputeInfo;
import dev.foretoken.contract.runtime.ExpertLoad;
import dev.foretoken.scheduler.loop.SchedulerLoop;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One variant in the host's table, from the moment its load begins. */
final class ServedModel {

    private final String name;
    private final Instant since;
    private volatile @Nullable OpenedModel opened;

    ServedModel(String name, Instant since) {
        this.name = name;
        this.since = since;
    }

    String name() {
        return name;
    }

    void opened(OpenedModel value) {
        opened = value;
    }

    @Nullable
    OpenedModel opened() {
        return opened;
    }

    ModelState state() {
        OpenedModel model = opened;
        if (model == null) {
            return ModelState.LOADING;
        }
        return switch (model.loop().phase()) {
            case SERVING -> ModelState.READY;
            case DRAINING, STOPPING, ENDED -> ModelState.DRAINING;
            case BROKEN -> ModelState.FAILED;
        };
    }

    /** The loop, once there is one. */
    SchedulerLoop loop() {
        OpenedModel model = opened;
        if (model == null) {
            throw new ForetokenException(
                    ErrorCode.MODEL_LOADING, "model " + name + " is still loading; try again later");
        }
        return model.loop();
    }

    /** The adapters, once the variant is loaded. */
    AdapterTable adapters() {
        OpenedModel model = opened;
        if (model == null) {
            throw new ForetokenException(
                    ErrorCode.MODEL_LOADING, "model " + name + " is still loading; try again later");
        }
        return model.adapters();
    }

    Optional<ComputeInfo> compute() {
        OpenedModel model = opened;
        return model == null ? Optional.empty() : model.compute();
    }

    /** Of each layer with experts, in order. */
    List<ExpertLoad> expertLoads() {
        OpenedModel model = opened;
        return model == null ? List.of() : model.expertLoads();
    }

    /** Copies of recurrent states held. */
    long checkpoints() {
        OpenedModel model = opened;
        return model == null ? 0 : model.loop().checkpoints();
    }

    /** Bytes of one copy. */
    long checkpointBytes() {
        OpenedModel model = opened;
        return model == null ? 0 : model.shape().base().caches().checkpointBytes();
    }

    ModelInfo info() {
        OpenedModel model = opened;
        if (model == null) {
            return new ModelInfo(name, ModelState.LOADING, 0, 0, "", "", since);
        }
        return new ModelInfo(
                name,
                state(),
                model.shape().vocabularySize(),
                model.shape().contextTokens(),
                model.runtimeName(),
                model.shape().numericsId(),
                since,
                model.heldAs(),
                model.adapters().ready());
    }

    ModelLoad load() {
        OpenedModel model = opened;
        if (model == null) {
            return new ModelLoad(name, 0, 0, 0, 0, 0, LoadCounters.ZERO);
        }
        SchedulerLoop loop = model.loop();
        return new ModelLoad(
                name,
                loop.waiting(),
                loop.running(),
                model.shape().base().caches().blockTokens(),
                loop.totalBlocks(),
                loop.usedBlocks(),
                loop.counters());
    }
}

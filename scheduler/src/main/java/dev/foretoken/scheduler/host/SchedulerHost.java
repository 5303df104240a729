package dev.foretoken.scheduler.host;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.AdapterInfo;
import dev.foretoken.contract.engine.Engine;
import dev.foretoken.contract.engine.EngineControl;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.engine.LoadReport;
import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.engine.ModelResidency;
import dev.foretoken.contract.engine.ModelState;
import dev.foretoken.contract.engine.TensorAnswer;
import dev.foretoken.contract.engine.TensorEngine;
import dev.foretoken.contract.engine.TensorRequest;
import dev.foretoken.contract.prefix.PrefixFeed;
import dev.foretoken.contract.prefix.PrefixHasher;
import dev.foretoken.contract.prefix.PrefixSource;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.RuntimeEstimate;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.TensorSignature;
import dev.foretoken.scheduler.SchedulerConfig;
import dev.foretoken.scheduler.loop.ModelLoop;
import java.lang.System.Logger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/** The engine of this process: every variant it knows, each loaded one with its own loop, under one memory budget. */
public final class SchedulerHost implements Engine, TensorEngine, EngineControl, ModelResidency, PrefixSource {

    private static final Logger LOG = System.getLogger(SchedulerHost.class.getName());

    private final HostConfig config;
    private final HostEnvironment environment;
    private final MemoryBudget budget;
    private final ModelShelf shelf;
    private final Residency residency;
    private volatile boolean draining;

    public SchedulerHost(HostConfig config, SchedulerConfig scheduling, HostEnvironment environment) {
        this.config = config;
        this.environment = environment;
        long bytes = config.memoryBudgetBytes() > 0
                ? config.memoryBudgetBytes()
                : environment.physicalMemory().getAsLong() / 100 * config.memoryPercent();
        this.budget = new MemoryBudget(bytes);
        this.shelf = new ModelShelf(environment, budget, new ModelOpener(config, scheduling, environment, budget));
        this.residency = new Residency(shelf, config.residency(), environment);
    }

    @Override
    public Generation submit(GenerationRequest request) {
        return environment.tracer().follow(request, () -> take(request));
    }

    private Generation take(GenerationRequest request) {
        if (draining) {
            throw new ForetokenException(ErrorCode.DRAINING, "this server is stopping; try another replica");
        }
        ServedModel model = require(request.model());
        model.requireSequences();
        try {
            if (model.opened() != null) {
                return model.submit(request);
            }
        } catch (ForetokenException e) {
            if (e.code() != ErrorCode.DRAINING) {
                throw e;
            }
        }
        return residency.submit(model, request);
    }

    @Override
    public TensorSignature signature(String model) {
        ServedModel graph = require(model);
        if (graph.signature().isEmpty()) {
            residency.await(graph, Long.MAX_VALUE);
        }
        return graph.signature().orElseThrow(() -> notFound(model));
    }

    @Override
    public TensorAnswer infer(TensorRequest request) {
        if (draining) {
            throw new ForetokenException(ErrorCode.DRAINING, "this server is stopping; try another replica");
        }
        return new OfferedRun(require(request.model()), residency, environment.nanoTime()).infer(request);
    }

    private static ForetokenException notFound(String name) {
        return new ForetokenException(ErrorCode.MODEL_NOT_FOUND, "model '" + name + "' is not served here")
                .withParam("model");
    }

    @Override
    public List<ModelInfo> models() {
        return shelf.all().stream().map(ServedModel::info).toList();
    }

    @Override
    public long scheme() {
        return new PrefixHasher(environment.prefixSecret()).scheme();
    }

    @Override
    public Optional<PrefixFeed> follow(String name) {
        return Optional.ofNullable(shelf.find(name)).flatMap(ServedModel::followPrefixes);
    }

    @Override
    public LoadReport report() {
        return new LoadReport(
                shelf.all().stream().map(ServedModel::load).toList(), budget.total(), budget.used(), draining);
    }

    @Override
    public ModelInfo load(ModelSource source, RuntimeOptions options, LoadProgress progress) {
        ServedModel model = add(new ServedModel(
                source,
                options,
                Optional.empty(),
                environment.instants().instant(),
                new ServedModel.Watch(quiet -> {}, progress)));
        try {
            residency.keep(model, true);
            return join(residency.want(model, Set.of()));
        } catch (RuntimeException | Error e) {
            shelf.remove(model);
            throw e;
        }
    }

    @Override
    public ModelInfo offer(ModelSource source, RuntimeOptions options, Consumer<LoadProgress> check) {
        Optional<RuntimeEstimate> estimate = shelf.opener().estimate(source, options);
        ModelNeed need = estimate.map(shelf.opener()::need).orElse(ModelNeed.UNKNOWN);
        ServedModel model = add(new ServedModel(
                source,
                options,
                estimate.map(RuntimeEstimate::facts),
                environment.instants().instant(),
                new ServedModel.Watch(check, LoadProgress.SILENT)));
        model.line().need(need);
        if (need.least() > budget.total()) {
            shelf.remove(model);
            throw new Shortage(shelf.opener(), model, need).of(budget.total(), 0, Set.of());
        }
        return model.info();
    }

    private ServedModel add(ServedModel model) {
        if (!shelf.add(model)) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID, "model '" + model.name() + "' is served already; unload it first");
        }
        return model;
    }

    @Override
    public ModelInfo warm(String name, Set<String> beside) {
        ServedModel model = require(name);
        return model.state() == ModelState.READY ? model.info() : join(residency.want(model, beside));
    }

    /** The error of the load, as it was thrown there. */
    private static ModelInfo join(CompletableFuture<ModelInfo> loaded) {
        try {
            return loaded.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof ForetokenException known ? known : e;
        }
    }

    @Override
    public void keep(String model, boolean kept) {
        residency.keep(require(model), kept);
    }

    @Override
    public void release(String model) {
        residency.release(require(model));
    }

    @Override
    public void unload(String name, Duration grace) {
        ServedModel model = require(name);
        residency.withdraw(model);
        end(List.of(model), grace);
    }

    @Override
    public AdapterInfo loadAdapter(String model, String adapter, Path folder) {
        return require(model).adapters().load(adapter, folder);
    }

    @Override
    public void unloadAdapter(String model, String adapter, Duration grace) {
        require(model).adapters().unload(adapter, grace);
    }

    private ServedModel require(String name) {
        ServedModel model = shelf.find(name);
        if (model == null) {
            throw notFound(name);
        }
        return model;
    }

    @Override
    public void drain(Duration grace) {
        draining = true;
        residency.close();
        end(shelf.all(), grace);
    }

    /** Drains all, then stops what is left, then frees the memory. */
    private void end(Collection<ServedModel> ending, Duration grace) {
        Map<ServedModel, ModelLoop> loops = new HashMap<>();
        for (ServedModel model : ending) {
            OpenedModel opened = model.opened();
            if (opened == null) {
                shelf.remove(model);
            } else {
                loops.put(model, opened.loop());
            }
        }
        loops.values().forEach(ModelLoop::drain);
        long deadline = System.nanoTime() + grace.toNanos();
        for (ModelLoop loop : loops.values()) {
            awaitEnd(loop, Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
        }
        loops.values().forEach(ModelLoop::stop);
        loops.forEach(this::free);
        residency.freed();
    }

    private void free(ServedModel model, ModelLoop loop) {
        if (awaitEnd(loop, config.stopTimeout())) {
            shelf.remove(model);
            shelf.free(model);
        } else {
            LOG.log(Logger.Level.ERROR, "Model {0} did not stop in time; its memory stays taken", model.name());
        }
    }

    private static boolean awaitEnd(ModelLoop loop, Duration patience) {
        try {
            return loop.awaitEnd(patience);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void close() {
        drain(Duration.ZERO);
    }
}

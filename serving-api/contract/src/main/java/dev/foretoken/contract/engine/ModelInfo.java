package dev.foretoken.contract.engine;

import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.contract.runtime.HeldAs;
import dev.foretoken.contract.runtime.ModelTask;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** What callers may know of a served variant: where it stands, how long its inputs may be, what computes it, what requests can ask of it. */
public record ModelInfo(String name, Standing standing, Sizes sizes, Computation computation, Offer offer) {

    /**
     * Where it stands in its life.
     *
     * @param loadedAt when it was loaded, or became known
     * @param progress share of its load that is done, 0 to 1
     */
    public record Standing(ModelState state, Instant loadedAt, double progress) {

        /** Of a variant that is loaded, or is not known to be half-way. */
        public static Standing of(ModelState state, Instant loadedAt) {
            return new Standing(state, loadedAt, state == ModelState.LOADING || state == ModelState.AVAILABLE ? 0 : 1);
        }
    }

    /**
     * @param vocabulary token ids; 0 of a graph of tensors
     * @param contextTokens most tokens of prompt and answer together, or the longest input of an encoder; 0 = not known, or any
     */
    public record Sizes(int vocabulary, int contextTokens) {
        public static final Sizes UNKNOWN = new Sizes(0, 0);
    }

    /**
     * @param runtime name of the runtime that opened it; empty before
     * @param numericsId answers are bit-identical between engines with equal ids (variant digests, kernel path, kernel version)
     * @param heldAs encodings of weights and cache
     */
    public record Computation(String runtime, String numericsId, HeldAs heldAs) {
        public static final Computation UNKNOWN = new Computation("", "", HeldAs.UNKNOWN);
    }

    /**
     * @param tasks what it can be asked for; empty = not known before it is loaded
     * @param adapters LoRA adapters that requests can name now, by name
     * @param prefillModes how prompts can come into its caches: EXACT, and where it can predict them PREDICTED and AUTO too
     */
    public record Offer(Set<ModelTask> tasks, List<AdapterInfo> adapters, List<PrefillMode> prefillModes) {

        /** Generates from prompts that it computes itself. */
        public static final Offer GENERATION =
                new Offer(Set.of(ModelTask.GENERATE), List.of(), List.of(PrefillMode.EXACT));

        public Offer {
            tasks = Set.copyOf(tasks);
            adapters = List.copyOf(adapters);
            prefillModes = List.copyOf(prefillModes);
        }

        public Offer withTasks(Set<ModelTask> value) {
            return new Offer(value, adapters, prefillModes);
        }

        public Offer withAdapters(List<AdapterInfo> value) {
            return new Offer(tasks, value, prefillModes);
        }

        public Offer withPrefillModes(List<PrefillMode> value) {
            return new Offer(tasks, adapters, value);
        }
    }

    /** A model that generates, as far as its state tells. */
    public static ModelInfo of(String name, ModelState state, Instant loadedAt) {
        return new ModelInfo(name, Standing.of(state, loadedAt), Sizes.UNKNOWN, Computation.UNKNOWN, Offer.GENERATION);
    }

    public ModelInfo withStanding(Standing value) {
        return new ModelInfo(name, value, sizes, computation, offer);
    }

    public ModelInfo withState(ModelState value) {
        return withStanding(new Standing(value, loadedAt(), progress()));
    }

    public ModelInfo withSizes(Sizes value) {
        return new ModelInfo(name, standing, value, computation, offer);
    }

    public ModelInfo withComputation(Computation value) {
        return new ModelInfo(name, standing, sizes, value, offer);
    }

    public ModelInfo withOffer(Offer value) {
        return new ModelInfo(name, standing, sizes, computation, value);
    }

    public ModelState state() {
        return standing.state();
    }

    public Instant loadedAt() {
        return standing.loadedAt();
    }

    public double progress() {
        return standing.progress();
    }

    public int vocabularySize() {
        return sizes.vocabulary();
    }

    public int contextTokens() {
        return sizes.contextTokens();
    }

    public String runtime() {
        return computation.runtime();
    }

    public String numericsId() {
        return computation.numericsId();
    }

    public HeldAs heldAs() {
        return computation.heldAs();
    }

    public Set<ModelTask> tasks() {
        return offer.tasks();
    }

    public boolean can(ModelTask task) {
        return tasks().contains(task);
    }

    public List<AdapterInfo> adapters() {
        return offer.adapters();
    }

    public List<PrefillMode> prefillModes() {
        return offer.prefillModes();
    }

    public boolean hasAdapter(String adapter) {
        return adapters().stream().anyMatch(known -> known.name().equals(adapter));
    }
}

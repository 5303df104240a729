package dev.foretoken.gateway.model;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.engine.ModelState;
import dev.foretoken.contract.engine.TensorEngine;
import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.contract.request.TokenIds;
import dev.foretoken.contract.runtime.ModelTask;
import dev.foretoken.gateway.text.Tokenizer;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * One name callers may use: how its text becomes tokens, and who answers.
 *
 * @param tokenizer empty for a model that takes and gives token ids only
 * @param chat empty for a model without a chat template
 * @param endOfSequence the tokens that end a sequence by themselves
 * @param engines those with bit-identical answers
 * @param adapter LoRA adapter that its answers are computed with
 * @param variant where the name leads
 * @param prefill how prompts of requests that do not say it come into the caches
 */
public record ServedModel(
        String name,
        Optional<Tokenizer> tokenizer,
        Optional<ChatRenderer> chat,
        TokenIds endOfSequence,
        EngineSet engines,
        Optional<String> adapter,
        ServedVariant variant,
        PrefillChoice prefill) {

    /** Without an adapter. */
    public ServedModel(
            String name,
            Optional<Tokenizer> tokenizer,
            Optional<ChatRenderer> chat,
            TokenIds endOfSequence,
            EngineSet engines) {
        this(
                name,
                tokenizer,
                chat,
                endOfSequence,
                engines,
                Optional.empty(),
                ServedVariant.itself(name),
                PrefillChoice.NONE);
    }

    /** On engines that stay. */
    public ServedModel(
            String name,
            Optional<Tokenizer> tokenizer,
            Optional<ChatRenderer> chat,
            TokenIds endOfSequence,
            List<EngineEndpoint> endpoints) {
        this(name, tokenizer, chat, endOfSequence, EngineSet.of(endpoints));
    }

    /** Who can answer now; empty while no engine is known. Each call may answer differently. */
    public List<EngineEndpoint> endpoints() {
        return engines.now();
    }

    /**
     * Those of {@link #endpoints} that say something of the model: the others never serve it, and their refusal would say nothing of those that
     * do. All where none says anything.
     */
    public List<EngineEndpoint> servingEndpoints() {
        List<EngineEndpoint> all = endpoints();
        List<EngineEndpoint> serving = all.stream()
                .filter(endpoint -> endpoint.info(engineModel()).isPresent())
                .toList();
        return serving.isEmpty() ? all : serving;
    }

    /** The same text and engines under another name that leads to a variant. */
    public ServedModel as(String other, ServedVariant leadsTo) {
        return new ServedModel(other, tokenizer, chat, endOfSequence, engines, adapter, leadsTo, prefill);
    }

    /** The same model, read this way by requests that do not say how. */
    public ServedModel reading(PrefillChoice byDefault) {
        return new ServedModel(name, tokenizer, chat, endOfSequence, engines, adapter, variant, byDefault);
    }

    /** What engines call it. */
    public String engineModel() {
        return variant.engineModel();
    }

    /** The same model with an adapter of its engines. */
    public ServedModel with(String loraAdapter) {
        return new ServedModel(
                name, tokenizer, chat, endOfSequence, engines, Optional.of(loraAdapter), variant, prefill);
    }

    /** What callers say: the name, with an adapter {@code name:adapter}. */
    public String publicName() {
        return adapter.map(own -> name + ModelCatalog.SEPARATOR + own).orElse(name);
    }

    /** A model whose text, template and end of sequence come from its tokenizer. */
    public static ServedModel withText(
            String name, Tokenizer tokenizer, Optional<ChatRenderer> chat, EngineSet engines) {
        return new ServedModel(name, Optional.of(tokenizer), chat, TokenIds.of(tokenizer.eosTokenIds()), engines);
    }

    /** A model whose chat template, too, is that of its checkpoint; templates read today's date from {@code clock}. */
    public static ServedModel ofCheckpoint(String name, Tokenizer tokenizer, InstantSource clock, EngineSet engines) {
        return withText(name, tokenizer, CheckpointChat.of(tokenizer, clock, ZoneId.systemDefault()), engines);
    }

    /** What its engines say of it: the readiest one's word. Empty while none has said anything. */
    public Optional<ModelInfo> info() {
        return endpoints().stream()
                .flatMap(endpoint -> endpoint.info(engineModel()).stream())
                .min(Comparator.comparingInt(info -> info.state() == ModelState.READY ? 0 : canLoad(info) ? 1 : 2));
    }

    /** The ways in which its prompts can come into the caches. */
    public List<PrefillMode> prefillModes() {
        return info().map(ModelInfo::prefillModes).orElse(List.of(PrefillMode.EXACT));
    }

    public boolean isReady() {
        return info().filter(info -> info.state() == ModelState.READY).isPresent();
    }

    /** Whether a request sent now would be answered, perhaps after the model was loaded for it. */
    public boolean canAnswer() {
        return info().filter(info -> info.state() == ModelState.READY || canLoad(info))
                .isPresent();
    }

    private static boolean canLoad(ModelInfo info) {
        return isKnown(info) && (info.state() == ModelState.AVAILABLE || info.state() == ModelState.LOADING);
    }

    /** Of a graph of tensors nothing needs to be known before it is asked. */
    private static boolean isKnown(ModelInfo info) {
        return info.contextTokens() > 0 || info.can(ModelTask.TENSOR);
    }

    /** @throws ForetokenException UNSUPPORTED_FEATURE for what the model is not made for, naming what it is made for */
    public void require(ModelTask task) {
        info().map(ModelInfo::tasks)
                .filter(tasks -> !tasks.isEmpty() && !tasks.contains(task))
                .ifPresent(tasks -> {
                    throw new ForetokenException(
                                    ErrorCode.UNSUPPORTED_FEATURE,
                                    "model '" + publicName() + "' does not " + inWords(task) + "; it can "
                                            + tasks.stream()
                                                    .sorted()
                                                    .map(ServedModel::inWords)
                                                    .collect(Collectors.joining(", ")))
                            .withParam("model");
                });
    }

    private static String inWords(ModelTask task) {
        return switch (task) {
            case GENERATE -> "generate text (/v1/chat/completions, /v1/completions)";
            case TENSOR -> "take tensors (/v2/models)";
            case EMBED -> "embed texts (/v1/embeddings)";
            case RERANK -> "rank texts (/v1/rerank)";
            case CLASSIFY -> "classify texts (/v1/classify)";
        };
    }

    /** @throws ForetokenException UNSUPPORTED_FEATURE where {@code endpoint} runs no graphs */
    public TensorEngine tensors(EngineEndpoint endpoint) {
        return endpoint.tensors()
                .orElseThrow(() -> new ForetokenException(
                        ErrorCode.UNSUPPORTED_FEATURE,
                        "model '" + publicName() + "' is served by an engine that takes no tensors"));
    }

    /** @throws ForetokenException MODEL_LOADING while no engine knows the model and its sizes */
    public ModelInfo requireInfo() {
        return info().filter(ServedModel::isKnown)
                .orElseThrow(() -> new ForetokenException(
                                ErrorCode.MODEL_LOADING, "model '" + name + "' is not loaded yet; try again shortly")
                        .withRetryAfter(Duration.ofSeconds(1)));
    }

    /** @throws ForetokenException UNSUPPORTED_FEATURE when the model has none */
    public Tokenizer requireTokenizer() {
        return tokenizer.orElseThrow(() -> new ForetokenException(
                ErrorCode.UNSUPPORTED_FEATURE,
                "model '" + name + "' has no tokenizer; send the prompt as token ids to /v1/completions"));
    }

    /** @throws ForetokenException UNSUPPORTED_FEATURE when the model has none */
    public ChatRenderer requireChat() {
        requireTokenizer();
        return chat.orElseThrow(() -> new ForetokenException(
                ErrorCode.UNSUPPORTED_FEATURE, "model '" + name + "' has no chat template; use /v1/completions"));
    }
}

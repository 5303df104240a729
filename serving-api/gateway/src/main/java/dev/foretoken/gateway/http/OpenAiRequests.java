package dev.foretoken.gateway.http;

import dev.foretoken.contract.request.TokenIds;
import dev.foretoken.gateway.Gateway;
import dev.foretoken.gateway.answer.AnswerPlan;
import dev.foretoken.gateway.answer.AnswerSpec;
import dev.foretoken.gateway.answer.AnswerStream;
import dev.foretoken.gateway.answer.PromptInput;
import dev.foretoken.gateway.json.JsonFields;
import dev.foretoken.gateway.json.JsonWriter;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.gateway.openai.ChatFormat;
import dev.foretoken.gateway.openai.ChatRequest;
import dev.foretoken.gateway.openai.CompletionFormat;
import dev.foretoken.gateway.openai.CompletionRequest;
import dev.foretoken.gateway.openai.DetokenizeRequest;
import dev.foretoken.gateway.openai.PrefillHeaders;
import dev.foretoken.gateway.openai.ReplyFormat;
import dev.foretoken.gateway.openai.ReplyHead;
import dev.foretoken.gateway.openai.TokenizeRequest;
import dev.foretoken.gateway.rollout.Lead;
import dev.foretoken.gateway.rollout.RolloutCall;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** From a body of one of OpenAI's answer routes to its response. Blocks the request's virtual thread until the answer is sent. */
final class OpenAiRequests {

    private final Exchange exchange;
    private final Gateway gateway;
    private final String id;

    OpenAiRequests(Exchange exchange) {
        this.exchange = exchange;
        this.gateway = exchange.gateway();
        this.id = gateway.newId();
    }

    Response completion(InputStream stream) {
        return Admitted.run(exchange, place -> {
            JsonFields body = RequestBody.read(exchange, stream);
            CompletionRequest request = CompletionRequest.read(
                    body,
                    PrefillHeaders.read(exchange::header),
                    gateway.config().http().maxPrompts());
            Lead lead = lead(request.model(), body, false);
            ServedModel model = lead.model();
            List<AnswerPlan> plans = new ArrayList<>();
            for (PromptInput prompt : request.prompts()) {
                plans.add(plan(request.spec().withPrompt(prompt), model, plans.size()));
            }
            List<TokenIds> prompts =
                    plans.stream().map(p -> p.generation().prompt().tokens()).toList();
            ReplyFormat format = new CompletionFormat(head("cmpl-", model), request, model, prompts);
            return new AnswerExchange(exchange, format, lead::follow).respond(plans, request.reply(), place);
        });
    }

    Response chat(InputStream stream) {
        return Admitted.run(exchange, place -> {
            JsonFields body = RequestBody.read(exchange, stream);
            ChatRequest request = ChatRequest.read(body, PrefillHeaders.read(exchange::header));
            Lead lead = lead(request.model(), body, request.prepareNextTurn());
            ServedModel model = lead.model();
            gateway.nextTurns().arrived(exchange.caller().tenant(), model, request.chat());
            PromptInput prompt =
                    new PromptInput.RenderedChat(model.requireChat().render(request.chat()));
            AnswerPlan plan = plan(request.spec().withPrompt(prompt), model, 0);
            TokenIds tokens = plan.generation().prompt().tokens();
            ReplyFormat format = new ChatFormat(head("chatcmpl-", model), request, model, tokens);
            return new AnswerExchange(exchange, format, following(request).andThen(lead::follow))
                    .respond(List.of(plan), request.reply(), place);
        });
    }

    /** @param bound whether the answer's next turn is prepared where it is answered */
    private Lead lead(String model, JsonFields body, boolean bound) throws InterruptedException {
        RolloutCall.Headers headers = exchange::header;
        return gateway.rollouts()
                .lead(
                        exchange.require(model),
                        new RolloutCall(
                                exchange.requestId(),
                                exchange.caller().tenant(),
                                body.bool(RolloutCall.CONSENT_FIELD, RolloutCall.consents(headers)),
                                bound,
                                headers,
                                exchange.arrivedAt()));
    }

    private Consumer<AnswerStream> following(ChatRequest request) {
        if (!request.prepareNextTurn()) {
            return answer -> {};
        }
        gateway.nextTurns().requireOffered();
        return answer -> gateway.nextTurns().follow(answer, request.chat());
    }

    Response tokenize(InputStream stream) {
        return Admitted.run(exchange, place -> {
            TokenizeRequest request = TokenizeRequest.read(RequestBody.read(exchange, stream));
            JsonWriter json = new JsonWriter();
            request.answer(json, gateway.catalog().require(request.model()));
            return Replies.json(200, json);
        });
    }

    Response detokenize(InputStream stream) {
        return Admitted.run(exchange, place -> {
            DetokenizeRequest request = DetokenizeRequest.read(RequestBody.read(exchange, stream));
            JsonWriter json = new JsonWriter();
            request.answer(json, gateway.catalog().require(request.model()));
            return Replies.json(200, json);
        });
    }

    private AnswerPlan plan(AnswerSpec spec, ServedModel model, int prompt) {
        String requestId = prompt == 0 ? id : id + "-" + prompt;
        return gateway.answers().plan(spec, model, requestId, exchange.caller().account());
    }

    private ReplyHead head(String prefix, ServedModel model) {
        long created = gateway.clocks().wall().instant().getEpochSecond();
        return new ReplyHead(
                prefix + id,
                created,
                model.publicName(),
                () -> model.requireInfo().numericsId());
    }
}

package dev.foretoken.gateway.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.gateway.call.ErrorForm;
import dev.foretoken.gateway.call.WholeReply;
import dev.foretoken.gateway.error.PublicError;
import dev.foretoken.gateway.json.JsonWriter;
import dev.foretoken.gateway.registry.RegistryJson;
import jakarta.ws.rs.core.Response;

/** Responses that are sent whole. */
final class Replies {

    static final String JSON = WholeReply.JSON;

    private Replies() {}

    static Response json(int status, JsonWriter json) {
        return Response.status(status).type(JSON).entity(json.toBytes()).build();
    }

    static Response json(int status, JsonNode json) {
        return bytes(status, JSON, RegistryJson.bytes(json));
    }

    static Response bytes(int status, String type, byte[] body) {
        return Response.status(status).type(type).entity(body).build();
    }

    static Response of(WholeReply reply) {
        Response.ResponseBuilder response =
                Response.status(reply.status()).type(reply.type()).entity(reply.body());
        reply.headers().forEach(response::header);
        return response.build();
    }

    /** In the form of the request's family of routes. */
    static Response failure(Exchange exchange, Throwable failure) {
        return of(WholeReply.of(exchange.publish(failure), exchange.errorForm()));
    }

    static Response error(PublicError error) {
        return of(WholeReply.of(error, ErrorForm.OPENAI));
    }
}

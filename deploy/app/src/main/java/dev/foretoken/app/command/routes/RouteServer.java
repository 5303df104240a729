package dev.foretoken.app.command.routes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.foretoken.app.config.AdminClientOptions;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.util.Map;

/** The routes of a running server. */
@FunctionalInterface
interface RouteServer {

    String ROUTES = "/admin/v1/routes";

    /** @throws ForetokenException as {@link AdminClientOptions#get}, CONFIG_INVALID where the answer is no JSON */
    JsonNode get(String path) throws InterruptedException;

    static RouteServer at(AdminClientOptions options, Map<String, String> environment) {
        ObjectMapper json = new ObjectMapper();
        return path -> {
            try {
                return json.readTree(options.get(path, environment));
            } catch (IOException e) {
                throw new ForetokenException(
                        ErrorCode.CONFIG_INVALID, "the admin port did not answer " + path + " with JSON", e);
            }
        };
    }
}

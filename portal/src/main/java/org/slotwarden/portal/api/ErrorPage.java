package org.slotwarden.portal.api;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.database.DatabaseAway;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.servlet.ModelAndView;

/**
 * The last answer to a request that failed outside of a REST controller: problem details for
 * programs, a page for people.
 */
@Controller
class ErrorPage implements ErrorController {

    private final DatabaseTroubles troubles;

    ErrorPage(DatabaseTroubles troubles) {
        this.troubles = troubles;
    }

    @RequestMapping("/error")
    Object error(HttpServletRequest request, HttpServletResponse response) {
        HttpStatus status = status(request);
        @Nullable Throwable why = (Throwable) request.getAttribute(RequestDispatcher.ERROR_EXCEPTION);
        @Nullable
        DatabaseAway away = status == HttpStatus.INTERNAL_SERVER_ERROR
                ? DatabaseAway.why(why).orElse(null)
                : null;
        ProblemDetail problem;
        if (away != null && why != null) {
            // Also where a filter wanted to know whose token it is, or whose password.
            problem = troubles.problem(away, why);
            status = HttpStatus.SERVICE_UNAVAILABLE;
            response.setHeader(HttpHeaders.RETRY_AFTER, DatabaseTroubles.COME_BACK);
        } else if (status == HttpStatus.INTERNAL_SERVER_ERROR) {
            problem = ProblemAdvice.unforeseen(why, "A page failed");
        } else {
            problem = ProblemDetail.forStatus(status);
        }
        String path = String.valueOf(request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI));
        if (isForPrograms(path)) {
            problem.setInstance(URI.create(path));
            return ResponseEntity.status(status)
                    .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                    .body(problem);
        }
        Map<String, Object> properties = problem.getProperties() == null ? Map.of() : problem.getProperties();
        ModelAndView page = new ModelAndView("error", properties, status);
        page.addObject("status", status.value());
        page.addObject("title", status.getReasonPhrase());
        page.addObject("unanswered", away == null ? null : away.words());
        return page;
    }

    private static boolean isForPrograms(String path) {
        return path.startsWith("/api/")
                || path.startsWith("/ingest/")
                || path.startsWith("/v3/")
                || path.startsWith("/actuator/");
    }

    private static HttpStatus status(HttpServletRequest request) {
        HttpStatus status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer code
                ? HttpStatus.resolve(code)
                // Somebody asked for /error itself.
                : HttpStatus.NOT_FOUND;
        return status == null ? HttpStatus.INTERNAL_SERVER_ERROR : status;
    }
}

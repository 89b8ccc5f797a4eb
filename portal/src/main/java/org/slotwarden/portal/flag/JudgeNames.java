package org.slotwarden.portal.flag;

import com.fasterxml.jackson.annotation.JsonValue;
import org.slotwarden.judging.FlagKind;
import org.slotwarden.judging.JobFigure;
import org.slotwarden.judging.Severity;
import org.springframework.boot.jackson.JacksonMixin;

/** Names of the judge's words in REST; the judge itself knows nothing of JSON. */
final class JudgeNames {

    private JudgeNames() {}

    @JacksonMixin(FlagKind.class)
    interface Kind {
        @JsonValue
        String kindName();
    }

    @JacksonMixin(JobFigure.class)
    interface Figure {
        @JsonValue
        String variable();
    }

    @JacksonMixin(Severity.class)
    interface Level {
        @JsonValue
        String severityName();
    }
}

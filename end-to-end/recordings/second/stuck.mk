all: $(patsubst %,o%,$(shell seq 400))

o%:
	@if [ $$(cut -d. -f1 /proc/uptime) -lt $(until) ]; then \
		echo "#include <map>\n#include <regex>\nstd::map<int, std::regex> m$*;" >s$*.cc; c++ -O1 -c s$*.cc -o p$*; echo made $*; \
	else flock held true; fi

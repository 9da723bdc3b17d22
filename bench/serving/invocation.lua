-- Sends the requests of a file in turn, and looks at every answer: it must be 200 and, to the byte, one of the file's
-- accepted bodies (each was compared with scikit-learn's answer before). wrk ... -s invocation.lua URL -- FILE
local threads = {}
function setup(thread) table.insert(threads, thread) end

function init(args)
  local case = dofile(args[1])
  wrong, at = 0, 0
  accepted = {}
  for _, body in ipairs(case.accepted) do accepted[body] = true end
  requests = {}
  for index, body in ipairs(case.bodies) do
    requests[index] = wrk.format("POST", case.path, { ["Content-Type"] = "application/json" }, body)
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function response(status, headers, body)
  if status ~= 200 or not accepted[body] then wrong = wrong + 1 end
end

function done(summary, latency)
  local failed = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  for _, thread in ipairs(threads) do failed = failed + thread:get("wrong") end
  print(string.format("MEASURED %d %d %d %d %d", summary.requests, failed, summary.duration,
    latency:percentile(50), latency:percentile(99)))
end

-- What wrk asks and counts. Options come behind "--" as NAME=VALUE:
--   method, body, type   of the request; %N in the body becomes a running number
--   cookies              a file with one Cookie header per line, taken in turn
--   ids                  "1-1000": {id} in the path becomes these in turn
--   header               "Name: value", one more
--   expect, must         the status, and a text in the body, of an answer that counts
-- wrk hands options to each of its threads; the last line printed is JSON.
local options, cookies, counted = {}, {}, {}
local low, high, at = nil, nil, 0

function setup(thread)
  table.insert(counted, thread)
end

function init(args)
  good, bad, bytes = 0, 0, 0
  for _, word in ipairs(args) do
    local key, value = word:match("^(%w+)=(.*)$")
    if key then options[key] = value end
  end
  if options.cookies then
    for line in io.lines(options.cookies) do cookies[#cookies + 1] = line end
  end
  if options.ids then
    low, high = options.ids:match("^(%d+)-(%d+)$")
    low, high = tonumber(low), tonumber(high)
  end
  status_wanted = tonumber(options.expect or "200")
  run = os.time() % 1000000
end

function request()
  at = at + 1
  local headers = {}
  if #cookies > 0 then headers["Cookie"] = cookies[at % #cookies + 1] end
  if options.header then
    local key, value = options.header:match("^([^:]+): (.*)$")
    headers[key] = value
  end
  local body = options.body
  if body then
    body = body:gsub("%%N", run .. "-" .. at)
    headers["Content-Type"] = options.type or "application/json"
  end
  local path = wrk.path
  if low then path = path:gsub("{id}", tostring(low + at % (high - low + 1))) end
  return wrk.format(options.method or "GET", path, headers, body)
end

function response(status, _, body)
  if status == status_wanted and (not options.must or body:find(options.must, 1, true)) then
    good, bytes = good + 1, #body
  else
    bad = bad + 1
  end
end

function done(summary, latency)
  local all_good, all_bad, size = 0, 0, 0
  for _, thread in ipairs(counted) do
    all_good, all_bad = all_good + thread:get("good"), all_bad + thread:get("bad")
    size = math.max(size, thread:get("bytes"))
  end
  local errors = summary.errors
  all_bad = all_bad + errors.connect + errors.read + errors.write + errors.timeout
  print(string.format('{"per_second": %.1f, "p50_ms": %.3f, "p99_ms": %.3f, "max_ms": %.3f, "good": %d, "bad": %d, ' ..
    '"body_bytes": %d}', all_good / (summary.duration / 1e6), latency:percentile(50) / 1000,
    latency:percentile(99) / 1000, latency.max / 1000, all_good, all_bad, size))
end

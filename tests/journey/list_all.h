// All pages of a list, in as few calls as may be.
#pragma once

#include <vector>

#include <gtest/gtest.h>

#include "tests/journey/caller.h"

namespace splw::journey {

// `items_of`: the items of a page. A page that is refused fails the test and ends the list.
template <typename Item, typename Stub, typename Request, typename Response, typename Field>
std::vector<Item> ListAll(Caller& caller, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                          Request request, Field items_of) {
  std::vector<Item> all;
  request.set_page_size(200);
  do {
    const absl::StatusOr<Response> maybe_page = caller.Call(method, request);
    if (!maybe_page.ok()) {
      ADD_FAILURE() << maybe_page.status();
      return all;
    }
    for (const Item& item : items_of(*maybe_page)) all.push_back(item);
    request.set_page_token(maybe_page->next_page_token());
  } while (!request.page_token().empty());
  return all;
}

}  // namespace splw::journey

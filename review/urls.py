"""Addresses of the review."""

from django.urls import path

from review.views import city_lists, copies, findings, first_reviews, inbox, messages, sign_offs

_DESK, _LIST = "applications/<str:ref>/first-review/", "city-lists/<str:ref>/"
_INBOX = "rounds/<str:ref>/reviews/"

urlpatterns = [
    path("rounds/<str:ref>/copies/", copies.copies, name="copies"),
    path("copies/<int:pk>/strike/", copies.strike, name="copies_strike"),
    path("reviews/", inbox.reviews, name="reviews"),
    path(_INBOX, inbox.inbox, name="inbox"),
    path(f"{_INBOX}preview/", inbox.preview, name="inbox_preview"),
    path(f"{_INBOX}bulk/", inbox.carry_out, name="inbox_bulk"),
    path(f"{_INBOX}bulk/<int:pk>/undo/", inbox.undo, name="inbox_undo"),
    path(f"{_INBOX}views/", inbox.keep_view, name="inbox_keep_view"),
    path(f"{_INBOX}views/<int:pk>/drop/", inbox.drop_view, name="inbox_drop_view"),
    path(_DESK, first_reviews.first_review, name="first_review"),
    path(f"{_DESK}take/", first_reviews.take, name="first_review_take"),
    path(f"{_DESK}assign/", first_reviews.assign, name="first_review_assign"),
    path(f"{_DESK}reopen/", first_reviews.reopen, name="first_review_reopen"),
    path(f"{_DESK}tie/", first_reviews.tie, name="first_review_tie"),
    path(f"{_DESK}notes/", first_reviews.annotate, name="first_review_note"),
    path(f"{_DESK}notes/<int:pk>/strike/", first_reviews.strike_note, name="first_review_strike_note"),
    path(f"{_DESK}ask/", first_reviews.ask, name="first_review_ask"),
    path("applications/<str:ref>/reconsider/", first_reviews.reconsider, name="reconsider"),
    path("applications/<str:ref>/findings/", findings.record, name="finding_record"),
    path("findings/<int:pk>/strike/", findings.strike, name="finding_strike"),
    path("rounds/<str:ref>/city-list/", city_lists.begin, name="city_list_begin"),
    path("rounds/<str:ref>/city-lists/", city_lists.city_lists, name="city_lists"),
    path("rounds/<str:ref>/city-lists/<str:city>/extend/", city_lists.extend, name="city_list_extend"),
    path(_LIST, city_lists.city_list, name="city_list"),
    path(f"{_LIST}move/", city_lists.move, name="city_list_move"),
    path(f"{_LIST}circulate/", city_lists.circulate, name="city_list_circulate"),
    path(f"{_LIST}take-back/", city_lists.take_back, name="city_list_take_back"),
    path(f"{_LIST}send/", city_lists.send, name="city_list_send"),
    path(f"{_LIST}accept/", city_lists.accept, name="city_list_accept"),
    path(f"{_LIST}return/", city_lists.give_back, name="city_list_return"),
    path("sign-offs/", sign_offs.sign_offs, name="sign_offs"),
    path("sign-offs/<int:pk>/", sign_offs.sign_off, name="sign_off"),
    path("sign-offs/<int:pk>/record/", sign_offs.record, name="sign_off_record"),
    path("sign-offs/<int:pk>/resolve/", sign_offs.resolve, name="sign_off_resolve"),
    path("messages/", messages.conversations, name="messages"),
    path("messages/<int:pk>/strike/", messages.strike, name="message_strike"),
    path("applications/<str:ref>/messages/", messages.conversation, name="conversation"),
]
